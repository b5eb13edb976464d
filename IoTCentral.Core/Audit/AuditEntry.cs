namespace IoTCentral.Core.Audit;

/// <summary>Who did something, as the audit log keeps it: the words stay true after the person is gone.</summary>
/// <param name="Kind">person, token, system or device.</param>
/// <param name="Id">Id of the person or token; "system" for the program itself.</param>
/// <param name="Name">Readable name at that time (e-mail address, token name).</param>
/// <param name="Address">Network address the act came from; null when it came from inside.</param>
public sealed record AuditActor(string Kind, string Id, string Name, string? Address = null)
{
    /// <summary>The program itself: set-up, clean-up, migration of data.</summary>
    public static AuditActor System { get; } = new("system", "system", "IoTCentral");

    /// <summary>Somebody at the command line of the machine.</summary>
    public static AuditActor CommandLine { get; } = new("system", "cli", "command line");
}

/// <summary>One change of an editable thing; stored in the same transaction as the change.</summary>
public sealed record AuditEntry
{
    public required AuditActor Actor { get; init; }

    /// <summary>Verb and noun, e.g. <c>device.create</c>, <c>rule.update</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Public id of the thing.</summary>
    public required string TargetId { get; init; }
    public string? TargetName { get; init; }

    /// <summary>JSON before and after, without secrets; null where there was or is nothing.</summary>
    public string? Before { get; init; }
    public string? After { get; init; }

    /// <summary>Which version of the thing the change made; null: it counts none.</summary>
    public long? Version { get; init; }
}
