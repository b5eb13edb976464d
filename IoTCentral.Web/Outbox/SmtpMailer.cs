using System.Net.Sockets;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace IoTCentral.Web.Outbox;

/// <summary>Hands mails to an SMTP server.</summary>
internal sealed class SmtpMailer(TimeProvider time) : IMailer
{
    public async Task SendAsync(SmtpOptions server, string to, MailContent mail, Guid id, CancellationToken ct)
    {
        using var message = Compose(server, to, mail, id);
        using var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(server.Host!, server.Port, Security(server), ct);
            if (server.User is { Length: > 0 } user)
                await client.AuthenticateAsync(user, server.Password ?? "", ct);
            await client.SendAsync(message, ct);
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e) when (Reason(e, server) is { } reason)
        {
            throw new MailException(reason, IsFinal(e), e);
        }
    }

    private MimeMessage Compose(SmtpOptions server, string to, MailContent mail, Guid id)
    {
        var from = MailboxAddress.Parse(server.From ?? "");
        var message = new MimeMessage
        {
            Subject = OneLine(mail.Subject),
            Date = time.GetUtcNow(),
            MessageId = $"{id:N}@{from.Domain}",
            Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(null, OneLine(to)));
        // RFC 3834: nobody's holiday notice answers a machine
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    // A line break in a header would begin another header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static SecureSocketOptions Security(SmtpOptions server) =>
        server.Tls switch
        {
            SmtpTls.None => SecureSocketOptions.None,
            SmtpTls.StartTls => SecureSocketOptions.StartTls,
            SmtpTls.Tls => SecureSocketOptions.SslOnConnect,
            _ when server.Port == 465 => SecureSocketOptions.SslOnConnect,
            // who stands between us and the server can hide that it offers encryption, and would read the password
            _ when server.User is { Length: > 0 } => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.StartTlsWhenAvailable,
        };

    /// <summary>What went wrong in words; null: it is not about the mail server.</summary>
    private static string? Reason(Exception e, SmtpOptions server) =>
        e switch
        {
            SmtpCommandException command => $"The mail server answered {(int)command.StatusCode}: {command.Message}",
            AuthenticationException => $"The mail server did not accept user and password: {e.Message}",
            SslHandshakeException => $"No secure connection to {server.Host}:{server.Port}: {FirstLine(e.Message)}",
            SocketException or IOException =>
                $"The mail server {server.Host}:{server.Port} cannot be reached: {e.Message}",
            ProtocolException
            or ServiceNotConnectedException
            or ServiceNotAuthenticatedException
            or NotSupportedException => $"The mail server does not do what is needed: {e.Message}",
            _ => null,
        };

    // 5xx to the recipient or the mail itself is for ever; 4xx, and everything about the connection, may pass.
    private static bool IsFinal(Exception e) =>
        e
            is SmtpCommandException
            {
                ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted,
                StatusCode: >= (SmtpStatusCode)500,
            };

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
