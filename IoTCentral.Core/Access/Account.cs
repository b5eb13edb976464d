namespace IoTCentral.Core.Access;

/// <summary>How a person signs in: what ASP.NET Core Identity keeps of her. Mutable, because Identity works that way.</summary>
public sealed class Account
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public string Email { get; set; } = "";
    public string NormalizedEmail { get; set; } = "";
    public string Name { get; set; } = "";
    public string? PasswordHash { get; set; }

    /// <summary>New whenever a credential changes or she signs out everywhere; older cookies and circuits end.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>New with every update; an update of an older copy is refused.</summary>
    public string ConcurrencyStamp { get; set; } = "";
    public bool EmailConfirmed { get; set; }
    public DateTimeOffset? LockoutEnd { get; set; }
    public bool LockoutEnabled { get; set; } = true;

    /// <summary>Wrong passwords since the last right one.</summary>
    public int AccessFailedCount { get; set; }
    public bool IsInstallationAdministrator { get; set; }

    /// <summary>IANA zone; null: the application's.</summary>
    public string? TimeZone { get; set; }

    /// <summary>light, dark or system; null: not chosen.</summary>
    public string? Theme { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What is being done; written with the next save, in its transaction, then forgotten.</summary>
    public Audit.AuditEntry? Change { get; set; }

    /// <summary>What lists and greetings call them.</summary>
    public string DisplayName => Name.Length > 0 ? Name : Email;
}
