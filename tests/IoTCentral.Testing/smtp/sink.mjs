// A real SMTP server that keeps what it gets: one JSON line a mail on standard output.
import { SMTPServer } from "smtp-server";

// It warns about its built-in certificate, which is right for a test.
console.warn = console.error = () => {};

// "plain" in place of a third argument: it offers no encryption
const [user, password, plain] = process.argv.slice(2);
const server = new SMTPServer({
  hideSTARTTLS: plain === "plain",
  authOptional: !user,
  disabledCommands: user ? [] : ["AUTH"],
  allowInsecureAuth: true,
  onAuth(auth, session, done) {
    const known = auth.username === user && auth.password === password;
    done(known ? null : new Error("Invalid user or password"), { user: auth.username });
  },
  onRcptTo(address, session, done) {
    if (address.address.startsWith("nobody@")) {
      const error = new Error("No such mailbox");
      error.responseCode = 550;
      return done(error);
    }
    if (address.address.startsWith("later@")) {
      const error = new Error("Mailbox busy");
      error.responseCode = 450;
      return done(error);
    }
    done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const to = session.envelope.rcptTo.map((r) => r.address);
      const mail = {
        from: session.envelope.mailFrom.address,
        to,
        secure: session.secure,
        user: session.user ?? null,
        raw: Buffer.concat(parts).toString("base64"),
      };
      console.log(JSON.stringify(mail));
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
