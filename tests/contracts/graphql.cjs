// Validates GraphQL queries against a published schema: graphql.cjs SCHEMA QUERIES.json; prints one problem a line.
const fs = require("node:fs");
const { buildSchema, parse, validate } = require("graphql");
const { getVariableValues } = require("graphql/execution/values.js");
const [schemaFile, queriesFile] = process.argv.slice(2);
// The published file names two fields twice: it is taken as it is.
const schema = buildSchema(fs.readFileSync(schemaFile, "utf8"), { assumeValid: true, assumeValidSDL: true });
let problems = 0;
for (const { query, variables } of JSON.parse(fs.readFileSync(queriesFile, "utf8"))) {
  const document = parse(query);
  const found = validate(schema, document).map((error) => error.message);
  const operation = document.definitions.find((one) => one.kind === "OperationDefinition");
  if (found.length === 0) {
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    found.push(...(errors ?? []).map((error) => error.message));
  }
  problems += found.length;
  for (const message of found) console.log(`${query.slice(0, 60).replace(/\s+/g, " ")}…: ${message}`);
}
process.exit(problems ? 1 : 0);
