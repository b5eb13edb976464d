using System.Net.Mail;
using System.Text.Json;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Outbox;

/// <summary>The mail server as the settings page shows it.</summary>
/// <param name="Server">Without its password; null host: there is none.</param>
/// <param name="HasPassword">One is stored.</param>
/// <param name="IsFixed">Given by the installation's settings, which win: the page cannot change it.</param>
public sealed record MailServer(SmtpOptions Server, bool HasPassword, bool IsFixed)
{
    public bool IsConfigured => Server.Host is { Length: > 0 };
}

/// <summary>Sends one mail right away, by given settings.</summary>
public interface IMailer
{
    /// <exception cref="MailException">The server did not take it; says why in words.</exception>
    /// <param name="id">The same for each attempt, so that a mailbox can tell a repeat.</param>
    Task SendAsync(SmtpOptions server, string to, MailContent mail, Guid id, CancellationToken ct);
}

/// <summary>The mail server did not take a mail.</summary>
/// <param name="isFinal">It never will: the mailbox does not exist, or the mail itself is refused.</param>
public sealed class MailException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal => isFinal;
}

/// <summary>
/// The installation's mail server: from its configuration, else as an installation administrator saved it. The
/// password is kept wrapped.
/// </summary>
public sealed class MailSettings(InstallationOptions options, ISettingStore store, ISecretBox box, IMailer mailer)
{
    private const string Key = "smtp";
    private const string Place = "setting/smtp";

    /// <summary>Null: there is no mail server.</summary>
    public async Task<SmtpOptions?> FindAsync(CancellationToken ct)
    {
        if (options.Smtp.Host is { Length: > 0 })
            return options.Smtp;
        if (await store.FindAsync(Key, ct) is not { Value: { } value } setting)
            return null;
        var saved = JsonSerializer.Deserialize<SmtpOptions>(value)!;
        if (saved.Host is not { Length: > 0 })
            return null;
        return saved with { Password = setting.Secret is null ? null : box.UnwrapText(setting.Secret, Place) };
    }

    public async Task<MailServer> GetAsync(CancellationToken ct)
    {
        var server = await FindAsync(ct) ?? new SmtpOptions();
        return new(server with { Password = null }, server.Password is not null, options.Smtp.Host is { Length: > 0 });
    }

    /// <summary>Saves it; a null host means: no mail server.</summary>
    /// <param name="isInstallationAdministrator">Whether the actor may; nobody else does.</param>
    /// <param name="wished">A null password keeps the stored one, an empty one removes it.</param>
    public async Task SaveAsync(
        AuditActor actor,
        bool isInstallationAdministrator,
        SmtpOptions wished,
        CancellationToken ct
    )
    {
        Demand(isInstallationAdministrator);
        if (options.Smtp.Host is { Length: > 0 })
            throw new ConflictException(
                "mail.fixed",
                "The mail server is given by this installation's settings (Smtp:Host); change it there."
            );
        var full = await CompleteAsync(wished, ct);
        Refuse(full);
        var before = await store.FindAsync(Key, ct);
        var value = JsonSerializer.Serialize(full with { Password = null });
        var secret = full.Password is { Length: > 0 } password ? box.WrapText(password, Place) : null;
        await store.SaveAsync(
            new(Key, value, secret),
            new AuditEntry
            {
                Actor = actor,
                Action = "mail.configure",
                TargetId = Key,
                Before = before?.Value,
                After = value,
            },
            ct
        );
    }

    /// <summary>Sends a test mail by these settings without saving them.</summary>
    /// <exception cref="InvalidRequestException">The server did not take it; says why.</exception>
    public async Task TestAsync(
        bool isInstallationAdministrator,
        SmtpOptions wished,
        string to,
        MailContent mail,
        CancellationToken ct
    )
    {
        Demand(isInstallationAdministrator);
        var full = options.Smtp.Host is { Length: > 0 } ? options.Smtp : await CompleteAsync(wished, ct);
        Refuse(full);
        if (full.Host is not { Length: > 0 })
            throw new InvalidRequestException("mail.not-configured", "Give the mail server's name first.");
        try
        {
            await mailer.SendAsync(full, to, mail, Guid.CreateVersion7(), ct);
        }
        catch (MailException e)
        {
            throw new InvalidRequestException("mail.refused", e.Message);
        }
    }

    private async Task<SmtpOptions> CompleteAsync(SmtpOptions wished, CancellationToken ct)
    {
        if (wished.Password is not null)
            return wished.Password.Length > 0 ? wished : wished with { Password = null };
        // A stored password goes to the server it was given for, and to no other.
        var saved = await FindAsync(ct);
        return saved?.Host == wished.Host && saved?.User == wished.User
            ? wished with
            {
                Password = saved?.Password,
            }
            : wished;
    }

    private static void Demand(bool isInstallationAdministrator)
    {
        if (!isInstallationAdministrator)
            throw new ForbiddenException(
                "access.denied",
                "Only an administrator of this installation can set up mail. Ask one of them."
            );
    }

    private static void Refuse(SmtpOptions server)
    {
        var faults = new List<Fault>();
        if (server.Host is { Length: > 0 } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            faults.Add(new("host", $"'{host}' is no name of a server."));
        if (server.Port is < 1 or > 65535)
            faults.Add(new("port", "A port is 1 to 65535."));
        if (server.Host is { Length: > 0 } && (server.From is null || !MailAddress.TryCreate(server.From, out _)))
            faults.Add(new("from", "Give the sender's address, such as iot@example.com."));
        if (faults.Count > 0)
            throw new InvalidRequestException("mail.invalid", faults);
    }
}
