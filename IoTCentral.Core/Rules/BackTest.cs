using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>What would have happened.</summary>
public sealed record BackTestResult
{
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>Devices the rule concerns.</summary>
    public required int Devices { get; init; }

    /// <summary>Devices that were looked at; fewer than <see cref="Devices"/>: it is a sample.</summary>
    public required int TestedDevices { get; init; }
    public required long Messages { get; init; }

    /// <summary>The test was cut short: not all devices, or not all of their time.</summary>
    public required bool IsSample { get; init; }

    /// <summary>Of the tested devices, those whose limit is missing: on them the rule can never fire.</summary>
    public required int WithoutLimit { get; init; }

    /// <summary>By time.</summary>
    public required IReadOnlyList<BackTestEpisode> Episodes { get; init; }

    /// <summary>Devices that could be shown in the chart, by name: first those on which it would have fired.</summary>
    public required IReadOnlyList<DeviceFacts> Candidates { get; init; }

    /// <summary>The chosen device's values; null: the rule looks at no number, or there is no device.</summary>
    public BackTestSeries? Series { get; init; }
    public int FiredTimes => Episodes.Count;
    public int FiredDevices => Episodes.Select(e => e.DeviceKey).Distinct().Count();
}

/// <summary>One alert that would have been.</summary>
public sealed record BackTestEpisode
{
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required string DeviceName { get; init; }
    public required DateTimeOffset From { get; init; }

    /// <summary>Null: it would still be open.</summary>
    public DateTimeOffset? To { get; init; }
    public required AlertFacts Facts { get; init; }
}

/// <summary>One device's values with the limit, for a chart.</summary>
public sealed record BackTestSeries
{
    public required long DeviceKey { get; init; }
    public required string DeviceName { get; init; }
    public required string Label { get; init; }
    public required string Unit { get; init; }

    /// <summary>By time; for a condition with an aggregate one value per window, at its end.</summary>
    public required IReadOnlyList<(DateTimeOffset Time, double Value)> Points { get; init; }

    /// <summary>Constant, or the device's cloud property as it is today; null: no such number.</summary>
    public double? Limit { get; init; }
}

/// <summary>What to test.</summary>
public sealed record BackTestQuery
{
    /// <summary>Need not be saved.</summary>
    public required Rule Rule { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>Device whose values are wanted; null: one on which it would have fired, else any.</summary>
    public long? DeviceKey { get; init; }
}

/// <summary>
/// Runs a rule over what was stored, by the same evaluator as live. Messages count as if each had arrived at its own
/// time; limits and filters are those of today. Bounded: what is too much becomes a sample and says so.
/// </summary>
public sealed class BackTest(
    ITelemetryStore telemetry,
    IRuleDeviceSource devices,
    TemplateCatalog templates,
    ITenantStore tenants,
    TimeProvider time
)
{
    // Reading and judging 400,000 messages takes about two seconds; longer nobody waits in an editor.
    private const int MaxMessages = 400_000;
    private const int MaxDevices = 1_000;
    private const int DevicesAtOnce = 20;
    private static readonly TimeSpan MaxWork = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(31);

    /// <exception cref="InvalidRequestException"><c>rule.invalid</c>: the rule cannot be judged; with every fault.</exception>
    public async Task<BackTestResult> RunAsync(Caller caller, BackTestQuery query, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRules);
        var definition = query.Rule.Definition;
        var template = await templates.FindAsync(caller.Tenant, query.Rule.TemplateId, ct);
        var vocabulary = new RuleVocabulary(template);
        Refuse(query, template is null ? null : vocabulary);
        var application = await tenants.FindAsync(caller.Tenant, ct);
        var zone = application is null ? TimeZoneInfo.Utc : RuleLoader.ZoneOf(application);
        var rule = new LiveRule(query.Rule with { TenantId = caller.Tenant }, vocabulary, zone);
        var names = definition.Properties().Select(p => p.Name).Distinct().ToList();
        var listed = await devices.ListAsync(caller.Tenant, [query.Rule.TemplateId], names, ct);
        var matching = listed.Where(rule.Concerns).OrderBy(d => d.Key != query.DeviceKey).ThenBy(d => d.Name).ToList();
        var replay = new Replay(rule, vocabulary, query.From, Earlier(query.To, time.GetUtcNow()));
        await RunAsync(caller.Tenant, matching, replay, ct);
        return replay.Result(matching, query.DeviceKey);
    }

    private async Task RunAsync(TenantId tenant, List<DeviceFacts> matching, Replay replay, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        foreach (var chunk in matching.Take(MaxDevices).Chunk(DevicesAtOnce))
        {
            if (time.GetElapsedTime(started) > MaxWork || replay.Messages >= MaxMessages)
                break;
            replay.Begin(chunk);
            if (replay.NeedsConnections)
                replay.Connections(
                    await devices.ConnectionsAsync(tenant, [.. chunk.Select(d => d.Id)], replay.From, replay.To, ct)
                );
            var ids = chunk.Select(d => (d.Key, d.Id)).ToList();
            await foreach (var message in telemetry.ReplayAsync(tenant, ids, replay.From, replay.To, ct))
            {
                replay.Add(message);
                if (replay.Messages >= MaxMessages || time.GetElapsedTime(started) > MaxWork * 2)
                {
                    replay.CutShort();
                    break;
                }
            }

            replay.End();
        }
    }

    private static void Refuse(BackTestQuery query, RuleVocabulary? vocabulary)
    {
        var faults = RuleCheck
            .Faults(query.Rule, vocabulary)
            // A rule in the making has no name yet, and nobody is written to.
            .Where(f => f.Path.StartsWith("conditions", StringComparison.Ordinal) || Judged.Contains(f.Path))
            .ToList();
        if (query.To <= query.From || query.To - query.From > MaxRange)
            faults.Add(new("from", $"Choose a range of at most {MaxRange.Days} days."));
        if (faults.Count > 0)
            throw new InvalidRequestException("rule.invalid", faults);
    }

    private static readonly string[] Judged = ["templateId", "window", "hold", "hysteresis"];

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
