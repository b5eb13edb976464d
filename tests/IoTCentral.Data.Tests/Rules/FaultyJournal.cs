using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>The journal on a database that can fail at the worst moments.</summary>
internal sealed class FaultyJournal(IRuleJournal inner) : IRuleJournal
{
    /// <summary>The next commit fails before anything is stored.</summary>
    public bool FailsBefore { get; set; }

    /// <summary>The next commit is stored, and the answer is lost.</summary>
    public bool FailsAfter { get; set; }

    /// <summary>Storage refuses what this rule decides.</summary>
    public string? Refuses { get; set; }

    public Task<(long Position, DateTimeOffset Clock)?> FindPlaceAsync(CancellationToken ct) =>
        inner.FindPlaceAsync(ct);

    public Task<JournalPage> LoadAsync(TenantId tenant, CancellationToken ct) => inner.LoadAsync(tenant, ct);

    public Task<StoredState?> FindStateAsync(TenantId tenant, string ruleId, long deviceKey, CancellationToken ct) =>
        inner.FindStateAsync(tenant, ruleId, deviceKey, ct);

    public async Task<IReadOnlyList<RuleWrite>> CommitAsync(
        IReadOnlyList<RuleWrite> writes,
        long position,
        DateTimeOffset clock,
        CancellationToken ct
    )
    {
        if (FailsBefore)
        {
            FailsBefore = false;
            throw new IOException("The connection broke.");
        }

        if (writes.Any(w => w.RuleId == Refuses))
            throw new RuleWriteRefusedException("value too long", new IOException());
        var stale = await inner.CommitAsync(writes, position, clock, ct);
        if (FailsAfter)
        {
            FailsAfter = false;
            throw new IOException("The answer was lost.");
        }

        return stale;
    }
}
