// A whole Bluesky on loopback: directory, account server, app view, moderation. Wants DB_POSTGRES_URL and REDIS_HOST.
const { TestNetwork } = require("@atproto/dev-env");

const ports = { plc: 2582, pds: 2583, bsky: 2584, ozone: 2587 };

async function main() {
  const network = await TestNetwork.create({
    plc: { port: ports.plc },
    pds: { port: ports.pds, hostname: "localhost", enableDidDocWithSession: true },
    bsky: { port: ports.bsky },
    ozone: { port: ports.ozone },
  });
  console.log(`ready at http://127.0.0.1:${ports.pds}`);
  process.on("SIGTERM", async () => {
    await network.close();
    process.exit(0);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
