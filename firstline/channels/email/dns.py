"""The real resolver: TXT records through the machine's DNS servers, with a short limit."""

from __future__ import annotations

from functools import cache

from firstline.channels.base import ResolverUnreachable

LIFETIME_SECONDS = 3.0


class DnsResolver:
    """A `Resolver` on dnspython. Made once and shared; safe between threads."""

    def txt(self, name: str) -> list[bytes]:
        """The TXT records of `name` with their strings joined. Raises ResolverUnreachable when no server answered."""
        import dns.exception
        import dns.resolver

        try:
            answer = dns.resolver.resolve(name, "TXT", lifetime=LIFETIME_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise ResolverUnreachable(f"No answer for {name}: {type(error).__name__}") from error
        return [b"".join(record.strings) for record in answer]

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail for `name`, best first. Raises ResolverUnreachable when no server answered."""
        import dns.exception
        import dns.resolver

        try:
            answer = dns.resolver.resolve(name, "MX", lifetime=LIFETIME_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise ResolverUnreachable(f"No answer for {name}: {type(error).__name__}") from error
        records = sorted(answer, key=lambda record: (record.preference, str(record.exchange)))
        return [str(record.exchange).rstrip(".") for record in records]


@cache
def resolver() -> DnsResolver:
    """The process's one resolver."""
    return DnsResolver()
