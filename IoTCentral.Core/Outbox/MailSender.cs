namespace IoTCentral.Core.Outbox;

/// <summary>Sends mails of the outbox by the installation's mail server; without one they are kept to be read.</summary>
public sealed class MailSender(MailSettings settings, IMailer mailer) : IOutboxSender
{
    public OutboxKind Kind => OutboxKind.Email;

    public async Task<SendOutcome> SendAsync(OutboxMessage message, CancellationToken ct)
    {
        if (await settings.FindAsync(ct) is not { } server)
            return new(SendResult.NotConfigured, "No mail server is set up.");
        try
        {
            await mailer.SendAsync(server, message.Target, MailContent.Read(message.Payload), message.Id, ct);
            return SendOutcome.Sent;
        }
        catch (MailException e)
        {
            return e.IsFinal ? SendOutcome.Refused(e.Message) : SendOutcome.Failed(e.Message);
        }
    }
}
