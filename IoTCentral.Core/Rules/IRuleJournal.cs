using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>Where a rule stands on a device, as stored; there is none while it rests.</summary>
public sealed record StoredState
{
    public required string RuleId { get; init; }
    public required long DeviceKey { get; init; }
    public required RulePhase Phase { get; init; }
    public required DateTimeOffset Since { get; init; }
    public Guid? AlertId { get; init; }

    /// <summary>What the conditions saw.</summary>
    public IReadOnlyList<Observation> Detail { get; init; } = [];
    public required int Version { get; init; }
}

/// <summary>An alert that is open or acknowledged.</summary>
public sealed record UnresolvedAlert
{
    public required Guid Id { get; init; }
    public required string RuleId { get; init; }
    public required long DeviceKey { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required AlertFacts Facts { get; init; }
}

/// <summary>Everything that judging has left in one application.</summary>
public sealed record JournalPage(IReadOnlyList<StoredState> States, IReadOnlyList<UnresolvedAlert> Alerts);

/// <summary>An alert ends.</summary>
/// <param name="Facts">With its worst values; null: as they are.</param>
public sealed record AlertEnding(Guid AlertId, DateTimeOffset At, AlertEnd By, AlertFacts? Facts);

/// <summary>What judging decided about one rule on one device since the last commit.</summary>
public sealed record RuleWrite
{
    public required TenantId TenantId { get; init; }
    public required string RuleId { get; init; }
    public required long DeviceKey { get; init; }

    /// <summary>The rule must still be this version and enabled; null: whatever became of it.</summary>
    public int? RuleVersion { get; init; }

    /// <summary>Version of the stored state this follows; 0: there is none.</summary>
    public int ExpectedVersion { get; init; }
    public RulePhase Phase { get; init; }
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public Guid? AlertId { get; init; }
    public IReadOnlyList<Observation> Detail { get; init; } = [];

    /// <summary>New alerts, those that ended at once already resolved.</summary>
    public IReadOnlyList<Alert> Opened { get; init; } = [];
    public IReadOnlyList<AlertEnding> Ended { get; init; } = [];

    /// <summary>New worst values of the open alert; null: none.</summary>
    public AlertFacts? Worsened { get; init; }
    public IReadOnlyList<OutboxMessage> Notices { get; init; } = [];
}

/// <summary>Storage refuses a write for ever, as opposed to being away: trying again gains nothing.</summary>
public sealed class RuleWriteRefusedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Keeps what judging decides, all of it in one transaction with the place it has come to in the log.</summary>
public interface IRuleJournal
{
    /// <summary>Place in the log and clock up to which everything is committed; null: never began.</summary>
    Task<(long Position, DateTimeOffset Clock)?> FindPlaceAsync(CancellationToken ct);

    Task<JournalPage> LoadAsync(TenantId tenant, CancellationToken ct);

    Task<StoredState?> FindStateAsync(TenantId tenant, string ruleId, long deviceKey, CancellationToken ct);

    /// <summary>
    /// Writes all of it, or nothing. The answer is what was passed over because something else was stored meanwhile (a
    /// person resolved the alert, the rule was saved): those are to be read again.
    /// </summary>
    /// <exception cref="RuleWriteRefusedException">One of them cannot be stored; none was.</exception>
    Task<IReadOnlyList<RuleWrite>> CommitAsync(
        IReadOnlyList<RuleWrite> writes,
        long position,
        DateTimeOffset clock,
        CancellationToken ct
    );
}
