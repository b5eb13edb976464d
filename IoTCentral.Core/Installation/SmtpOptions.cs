using IoTCentral.Core.Common;

namespace IoTCentral.Core.Installation;

/// <summary>How the connection to the mail server is secured.</summary>
public enum SmtpTls
{
    /// <summary>STARTTLS where the server offers it; TLS at once on port 465.</summary>
    Auto,
    None,
    StartTls,
    Tls,
}

/// <summary>The mail server that notices go out by. These settings win over the ones saved on the settings page.</summary>
public sealed record SmtpOptions
{
    /// <summary>Null: no mail server is configured here.</summary>
    public string? Host { get; init; }
    public int Port { get; init; } = 587;

    /// <summary>Null: no sign-in.</summary>
    public string? User { get; init; }
    public string? Password { get; init; }
    public SmtpTls Tls { get; init; } = SmtpTls.Auto;

    /// <summary>Sender, e.g. <c>IoT &lt;iot@example.com&gt;</c>.</summary>
    public string? From { get; init; }

    internal IEnumerable<Fault> Faults()
    {
        if (Port is < 1 or > 65535)
        {
            yield return new("Smtp:Port", $"{Port} is no port; ports are 1 to 65535.");
        }

        if (Host is not null && From is null)
        {
            yield return new("Smtp:From", "Mail needs a sender; give one such as iot@example.com.");
        }

        if (From is not null && !System.Net.Mail.MailAddress.TryCreate(From, out _))
        {
            yield return new("Smtp:From", $"'{From}' is no mail address.");
        }

        if (Password is not null && User is null)
        {
            yield return new("Smtp:User", "There is a password but no user.");
        }
    }

    /// <summary>Keeps the password out of logs.</summary>
    public override string ToString() => $"{nameof(SmtpOptions)} {Host}:{Port}";
}
