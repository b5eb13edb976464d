using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>Brings evaluators' memory back from stored messages.</summary>
internal sealed class RuleMemory(LiveRules live, IRuleHistory history, LastValueKeeper lastValues)
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
            await PrimeAsync(tenant, chunk, at, ct);
    }

    private async Task PrimeAsync(
        TenantId tenant,
        IGrouping<LiveDevice, RulePair>[] devices,
        Standpoint at,
        CancellationToken ct
    )
    {
        var newest = await history.NewestAsync(
            tenant,
            [.. devices.Select(d => (d.Key.Facts.Key, d.Key.Facts.Id))],
            at.Position,
            at.Clock - Lookback,
            NewestMessages,
            ct
        );
        var primers = new List<Primer>();
        foreach (var device in devices)
        {
            DeviceMessage[] messages = [.. newest[device.Key.Facts.Key]];
            var recent = CommittedLog.Read(messages);
            foreach (var pair in device)
            {
                var isCutOff = pair.Rule.Compiled.Buckets is not null && messages.Length >= NewestMessages;
                primers.Add(new(pair, isCutOff ? await WithWindowsAsync(tenant, pair, messages, at, ct) : recent));
            }
        }

        var seldom = await FindSeldomAsync(tenant, primers, ct);
        foreach (var primer in primers)
        {
            var all = primer.With(tenant, seldom[primer.Device.Key], at.Clock);
            if (all.Count > 0)
                live.Do(primer.Pair, (all, at.Clock), static (p, c) => p.Evaluator.Recall(c.all, c.Clock));
        }
    }

    private async Task<ILookup<long, SignalValue>> FindSeldomAsync(
        TenantId tenant,
        List<Primer> primers,
        CancellationToken ct
    )
    {
        long[] lacking = [.. primers.Where(p => p.Lacking.Length > 0).Select(p => p.Device.Key).Distinct()];
        return await lastValues.FindAsync(tenant, lacking, ct);
    }

    // Silence too: presence is saved every few seconds, the log with each message.
    private static bool NeedsMessages(CompiledRule rule) =>
        rule.Single.Length > 0 || rule.Aggregated.Length > 0 || rule.Silences.Any(c => c.Condition is SilenceCondition);

    /// <summary>The newest messages and all of the open window and the one before it.</summary>
    private async Task<CommittedMessage[]> WithWindowsAsync(
        TenantId tenant,
        RulePair pair,
        DeviceMessage[] newest,
        Standpoint at,
        CancellationToken ct
    )
    {
        var (device, windows) = (pair.Device.Facts, pair.Rule.Compiled.Buckets!);
        var seen = newest.Max(m => m.MessageTime < m.Received ? m.MessageTime : m.Received) - CompiledRule.Lateness;
        var from = windows.StartOf(windows.StartOf(seen).AddTicks(-1));
        if (newest.Min(m => m.MessageTime) < from)
            return CommittedLog.Read(newest);
        var all = await history.SinceAsync(tenant, (device.Key, device.Id), from, at.Position, ct);
        return CommittedLog.Read([.. all.Concat(newest).DistinctBy(m => m.Position).OrderBy(m => m.Position)]);
    }

    /// <summary>What one rule remembers of one device.</summary>
    private sealed class Primer(RulePair pair, CommittedMessage[] messages)
    {
        public RulePair Pair => pair;
        public DeviceFacts Device => pair.Device.Facts;

        /// <summary>
        /// Conditions whose signal is in none of the messages. One alone needs no memory: only the next value tells.
        /// </summary>
        public CompiledCondition[] Lacking { get; } =
            pair.Rule.Compiled.Conditions.Length < 2
                ? []
                :
                [
                    .. pair.Rule.Compiled.Single.Where(c =>
                        c.Operator != RuleOperator.Any && !messages.Any(m => Tells(c, m))
                    ),
                ];

        /// <summary>The messages, before them last values of the signals that come too seldom to be among them.</summary>
        public IReadOnlyList<CommittedMessage> With(
            TenantId tenant,
            IEnumerable<SignalValue> known,
            DateTimeOffset clock
        )
        {
            if (Lacking.Length == 0)
                return messages;
            // what came later is in the log, and yet to be judged
            var before = messages is [var first, ..] ? first.Message.Received : clock;
            var seldom = known
                .Where(v => v.Value.Received <= before)
                .OrderBy(v => v.Value.Received)
                .Select(v => Message(tenant, v))
                .Where(m => Lacking.Any(c => Tells(c, m)));
            return [.. seldom, .. messages];
        }

        private CommittedMessage Message(TenantId tenant, SignalValue value)
        {
            var message = new DeviceMessage
            {
                Tenant = tenant,
                DeviceKey = Device.Key,
                DeviceId = Device.Id,
                Received = value.Value.Received,
                MessageTime = value.Value.MessageTime,
                Component = value.Component,
                Body = default,
            };
            return new(message, [value.Value.Point]);
        }

        private static bool Tells(CompiledCondition condition, CommittedMessage message) =>
            message.Message.Component == condition.Component && message.Points.Any(p => condition.TryTake(p, out _));
    }
}
