// An SMTP server for tests, which does what it is told.
//
//   node server.mjs '{"port":0,"tls":true,"user":"shop","password":"secret"}'
//
// It writes a line of JSON for each thing that happens: {"listening":PORT}, {"refused":true}, {"letter":{…}}. Lines that it
// reads say how it takes what comes: "take", "later" (4xx), "never" (5xx), "blocked" (5xx, about the sender), "hang".
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";

const { port, tls, user, password } = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
let manner = "take";

const refusals = {
    later: [451, "4.3.0 Come back later"],
    never: [550, "5.1.1 <somebody@example.com>: there is nobody here of that name"],
    blocked: [550, "5.7.1 You may not send from there"],
};

const server = new SMTPServer({
    hideSTARTTLS: !tls,
    hidePIPELINING: true,
    disableReverseLookup: true,
    authOptional: !user,
    allowInsecureAuth: true,
    logger: false,
    onAuth(auth, _session, done) {
        const known = auth.username === user && auth.password === password;
        done(known ? null : Object.assign(new Error("5.7.8 Who are you?"), { responseCode: 535 }), { user });
    },
    onRcptTo(_address, _session, done) {
        const refusal = refusals[manner];
        if (manner === "hang" || refusal) say({ refused: true });
        if (manner === "hang") return;
        done(refusal && Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }));
    },
    onData(stream, session, done) {
        const parts = [];
        stream.on("data", (part) => parts.push(part));
        stream.on("end", () => {
            const { mailFrom, rcptTo } = session.envelope;
            const to = rcptTo.map(({ address }) => address);
            say({ letter: { from: mailFrom.address, to, secure: session.secure, raw: Buffer.concat(parts).toString() } });
            done();
        });
    },
});
// What a client that hangs up leaves behind is no reason to end.
server.on("error", () => {});
server.listen(port, "127.0.0.1", () => say({ listening: server.server.address().port }));
createInterface({ input: process.stdin })
    .on("line", (line) => {
        manner = line.trim();
        say({ manner });
    })
    .on("close", () => process.exit(0));
