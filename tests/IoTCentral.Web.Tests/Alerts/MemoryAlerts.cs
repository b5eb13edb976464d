using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Tests.Features;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Alerts;

/// <summary>Alerts in memory, for the pages that show them.</summary>
internal sealed class MemoryAlerts : IAlertStore
{
    public List<Alert> All { get; } = [];

    /// <summary>What people did, in order.</summary>
    public List<AlertAct> Acts { get; } = [];

    public Alert Add(string rule, long deviceKey = 7, Func<Alert, Alert>? change = null)
    {
        var alert = new Alert
        {
            TenantId = new(1),
            Id = Guid.CreateVersion7(),
            RuleId = rule,
            RuleName = rule,
            DeviceKey = deviceKey,
            DeviceId = $"fridge-{deviceKey}",
            DeviceName = $"Fridge {deviceKey}",
            Severity = Severity.Critical,
            OpenedAt = TimeProvider.System.GetUtcNow().AddMinutes(-10),
            Facts = new AlertFacts { Sentence = "It is too warm." },
        };
        All.Add(change?.Invoke(alert) ?? alert);
        return All[^1];
    }

    public Task<Page<Alert>> ListAsync(
        TenantId tenant,
        AlertFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    ) =>
        Task.FromResult(
            new Page<Alert>(
                [
                    .. All.Where(a => !filter.OnlyUnresolved || a.Status != AlertStatus.Resolved)
                        .Where(a => filter.DeviceKey is null || a.DeviceKey == filter.DeviceKey)
                        .Take(limit),
                ],
                null
            )
        );

    public Task<long> CountUnresolvedAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult((long)All.Count(a => a.Status != AlertStatus.Resolved));

    public Task<Alert?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        Task.FromResult(All.Find(a => a.Id == id));

    public Task<IReadOnlyList<AlertEvent>> EventsAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<AlertEvent>>([]);

    public Task AddPastAsync(TenantId tenant, IReadOnlyList<Alert> alerts, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<bool> AcknowledgeAsync(TenantId tenant, AlertAct act, CancellationToken ct)
    {
        Acts.Add(act);
        var at = All.FindIndex(a => a.Id == act.AlertId);
        All[at] = All[at] with { Status = AlertStatus.Acknowledged, AcknowledgedAt = act.At };
        return Task.FromResult(true);
    }

    public Task<bool> ResolveAsync(
        TenantId tenant,
        AlertAct act,
        IReadOnlyList<OutboxMessage> notices,
        CancellationToken ct
    ) => throw new NotSupportedException();
}

internal static class AlertServices
{
    /// <summary>The alert desk on these alerts.</summary>
    public static IServiceCollection AddAlerts(
        this IServiceCollection services,
        MemoryAlerts alerts,
        Rules.MemoryRules? rules = null,
        Rules.MemoryRuleDevices? devices = null
    ) =>
        services
            .AddSingleton<IAlertStore>(alerts)
            .AddSingleton<IRuleStore>(rules ?? new())
            .AddSingleton<IRuleDeviceSource>(devices ?? new())
            .AddSingleton<ITenantStore>(new KnownApplications())
            .AddSingleton<IRecipientZones>(new NoZones())
            .AddSingleton<ISecretBox>(new OpenBox())
            .AddSingleton(new InstallationOptions { DataFolder = "unused" })
            .AddSingleton<RuleSecrets>()
            .AddSingleton<AlertNotices>()
            .AddSingleton<AlertDesk>()
            .AddSingleton<AlertBands>();

    private sealed class NoZones : IRecipientZones
    {
        public Task<IReadOnlyDictionary<string, string>> FindAsync(
            IReadOnlyCollection<string> addresses,
            CancellationToken ct
        ) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
    }

    private sealed class OpenBox : ISecretBox
    {
        public byte[] Wrap(ReadOnlySpan<byte> secret, string place) => secret.ToArray();

        public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string place) => wrapped.ToArray();
    }
}
