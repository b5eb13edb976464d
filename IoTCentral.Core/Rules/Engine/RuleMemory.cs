using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>Brings evaluators' memory back from stored messages.</summary>
internal sealed class RuleMemory(LiveRules live, IRuleHistory history)
{
    // A device that said nothing for two days has nothing in order that could be confused, and no open window.
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(2);

    // As many as last values are restored from: enough for a device that reports its signals in turn.
    private const int NewestMessages = 50;

    // Devices asked for at once: keeps the answer below some ten megabytes.
    private const int DevicesAtOnce = 500;

    public async Task PrimeAsync(TenantId tenant, IReadOnlyList<RulePair> fresh, Standpoint at, CancellationToken ct)
    {
        var needing = fresh.Where(p => NeedsMessages(p.Rule.Compiled)).GroupBy(p => p.Device).ToList();
        foreach (var chunk in needing.Chunk(DevicesAtOnce))
        {
            var newest = await history.NewestAsync(
                tenant,
                [.. chunk.Select(d => (d.Key.Facts.Key, d.Key.Facts.Id))],
                at.Position,
                at.Clock - Lookback,
                NewestMessages,
                ct
            );
            foreach (var device in chunk)
                await PrimeAsync(tenant, device, [.. newest[device.Key.Facts.Key]], at, ct);
        }
    }

    // Silence too: presence is saved every few seconds, the log with each message.
    private static bool NeedsMessages(CompiledRule rule) =>
        rule.Single.Length > 0 || rule.Aggregated.Length > 0 || rule.Silences.Any(c => c.Condition is SilenceCondition);

    private async Task PrimeAsync(
        TenantId tenant,
        IGrouping<LiveDevice, RulePair> device,
        DeviceMessage[] newest,
        Standpoint at,
        CancellationToken ct
    )
    {
        if (newest.Length == 0)
            return;
        var recent = CommittedLog.Read(newest);
        foreach (var pair in device)
        {
            var messages =
                pair.Rule.Compiled.Buckets is { } windows && newest.Length >= NewestMessages
                    ? await WithWindowsAsync(tenant, device.Key.Facts, newest, windows, at, ct)
                    : recent;
            live.Do(pair, (messages, at.Clock), static (p, c) => p.Evaluator.Recall(c.messages, c.Clock));
        }
    }

    /// <summary>The newest messages and all of the open window and the one before it.</summary>
    private async Task<CommittedMessage[]> WithWindowsAsync(
        TenantId tenant,
        DeviceFacts device,
        DeviceMessage[] newest,
        TimeBuckets windows,
        Standpoint at,
        CancellationToken ct
    )
    {
        var seen = newest.Max(m => m.MessageTime < m.Received ? m.MessageTime : m.Received) - CompiledRule.Lateness;
        var from = windows.StartOf(windows.StartOf(seen).AddTicks(-1));
        if (newest.Min(m => m.MessageTime) < from)
            return CommittedLog.Read(newest);
        var all = await history.SinceAsync(tenant, (device.Key, device.Id), from, at.Position, ct);
        return CommittedLog.Read([.. all.Concat(newest).DistinctBy(m => m.Position).OrderBy(m => m.Position)]);
    }
}
