"""Whether what the desk asks networks for is valid by their own descriptions: `make test-contracts`, outside CI.

The fakes of tests/fakes write down every request of the journeys (`recording`); `python -m tests.contracts NETWORK`
runs those journeys, then replays each distinct request against Prism, which serves the network's OpenAPI and refuses
what it does not allow. GraphQL is checked against the published schema.
"""
