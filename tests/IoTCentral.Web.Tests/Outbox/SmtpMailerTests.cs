using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Testing;
using IoTCentral.Web.Outbox;
using MimeKit;

namespace IoTCentral.Web.Tests.Outbox;

public sealed class SmtpMailerTests
{
    private static readonly MailContent Mail = new(
        "Fridge 1 is too warm",
        "9 °C – über 7 °C",
        "<p>9 °C – über 7 °C</p>"
    );

    private readonly SmtpMailer _mailer = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_arrives_with_text_and_html()
    {
        await using var sink = await SmtpSink.StartAsync(null, null, Ct);

        var id = Guid.CreateVersion7();
        await _mailer.SendAsync(Plain(sink), "anna@store.example", Mail, id, Ct);
        var received = await sink.ReceiveAsync(Ct);
        var message = await ReadAsync(received);

        Assert.Equal(("iot@example.com", "anna@store.example"), (received.From, Assert.Single(received.To)));
        Assert.Equal("IoT", ((MailboxAddress)message.From[0]).Name);
        Assert.Equal(Mail.Subject, message.Subject);
        Assert.Equal(Mail.Text, message.TextBody?.TrimEnd());
        Assert.Equal(Mail.Html, message.HtmlBody?.TrimEnd());
        Assert.Equal($"{id:N}@example.com", message.MessageId);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
    }

    [Fact]
    public async Task A_line_break_in_the_subject_begins_no_header()
    {
        await using var sink = await SmtpSink.StartAsync(null, null, Ct);
        var mail = Mail with { Subject = "Fridge\r\nBcc: thief@evil.example\r\n\r\nbody" };

        await _mailer.SendAsync(Plain(sink), "anna@store.example", mail, Guid.Empty, Ct);
        var received = await sink.ReceiveAsync(Ct);
        var message = await ReadAsync(received);

        Assert.Empty(message.Bcc);
        Assert.Equal(["anna@store.example"], received.To);
        Assert.StartsWith("Fridge  Bcc: thief@evil.example", message.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_signs_in_where_a_user_is_given()
    {
        await using var sink = await SmtpSink.StartAsync("iot", "right", Ct);

        await _mailer.SendAsync(
            Plain(sink) with
            {
                User = "iot",
                Password = "right",
            },
            "a@b.example",
            Mail,
            Guid.Empty,
            Ct
        );

        Assert.Equal("iot", (await sink.ReceiveAsync(Ct)).User);
    }

    [Fact]
    public async Task A_password_is_not_sent_in_the_clear_unless_that_was_chosen()
    {
        await using var sink = await SmtpSink.StartAsync("iot", "right", Ct, isPlain: true);
        var server = Plain(sink) with { User = "iot", Password = "right" };

        var failed = await Assert.ThrowsAsync<MailException>(() =>
            _mailer.SendAsync(server with { Tls = SmtpTls.Auto }, "a@b.example", Mail, Guid.Empty, Ct)
        );
        await _mailer.SendAsync(server, "a@b.example", Mail, Guid.Empty, Ct);

        Assert.Contains("STARTTLS", failed.Message, StringComparison.Ordinal);
        Assert.Equal("iot", (await sink.ReceiveAsync(Ct)).User);
        Assert.Null(sink.TryReceive());
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_may_be_mended()
    {
        await using var sink = await SmtpSink.StartAsync("iot", "right", Ct);

        var failed = await Assert.ThrowsAsync<MailException>(() =>
            _mailer.SendAsync(
                Plain(sink) with
                {
                    User = "iot",
                    Password = "wrong",
                },
                "a@b.example",
                Mail,
                Guid.Empty,
                Ct
            )
        );

        Assert.False(failed.IsFinal);
        Assert.StartsWith("The mail server did not accept user and password", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failed.Message);
    }

    [Theory]
    [InlineData("nobody@b.example", true, "550")]
    [InlineData("later@b.example", false, "450")]
    public async Task A_refused_recipient_is_final_or_not_as_the_server_says(string to, bool isFinal, string code)
    {
        await using var sink = await SmtpSink.StartAsync(null, null, Ct);

        var failed = await Assert.ThrowsAsync<MailException>(() =>
            _mailer.SendAsync(Plain(sink), to, Mail, Guid.Empty, Ct)
        );

        Assert.Equal(isFinal, failed.IsFinal);
        Assert.Contains(code, failed.Message);
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_not_trusted()
    {
        await using var sink = await SmtpSink.StartAsync(null, null, Ct);

        var failed = await Assert.ThrowsAsync<MailException>(() =>
            _mailer.SendAsync(Plain(sink) with { Tls = SmtpTls.StartTls }, "a@b.example", Mail, Guid.Empty, Ct)
        );

        Assert.StartsWith("No secure connection", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var failed = await Assert.ThrowsAsync<MailException>(() =>
            _mailer.SendAsync(
                new SmtpOptions
                {
                    Host = "127.0.0.1",
                    Port = 1,
                    From = "a@b.example",
                },
                "a@b.example",
                Mail,
                Guid.Empty,
                Ct
            )
        );

        Assert.False(failed.IsFinal);
        Assert.Contains("cannot be reached", failed.Message);
    }

    private static SmtpOptions Plain(SmtpSink sink) =>
        new()
        {
            Host = sink.Host,
            Port = sink.Port,
            Tls = SmtpTls.None,
            From = "IoT <iot@example.com>",
        };

    private static Task<MimeMessage> ReadAsync(SunkMail mail) => MimeMessage.LoadAsync(new MemoryStream(mail.Raw), Ct);
}
