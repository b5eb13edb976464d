using System.Globalization;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Tests.Rules;

/// <content>What has happened in it.</content>
internal sealed partial class Shop
{
    /// <summary>All alerts, e.g. "fridge-1 10:00-10:05 condition", oldest first.</summary>
    public async Task<string> StoryAsync(TenantId? tenant = null)
    {
        var alerts = (await Alerts.ListAsync(tenant ?? Tenant, new(), null, 100, Ct)).Items;
        return string.Join(
            "; ",
            alerts
                .OrderBy(a => a.OpenedAt)
                .ThenBy(a => a.DeviceId, StringComparer.Ordinal)
                .Select(a =>
                    $"{a.DeviceId} {Time(a.OpenedAt)}-{(a.ResolvedAt is { } end ? $"{Time(end)} {a.ResolvedBy}" : "")}"
                )
        );
    }

    public async Task<IReadOnlyList<OutboxMessage>> OutboxAsync(TenantId? tenant = null) =>
        [.. (await Outbox.ListAsync(tenant ?? Tenant, new(), null, 100, Ct)).Items.OrderBy(m => m.Key)];

    public async Task<Alert> AlertAsync() => (await Alerts.ListAsync(Tenant, new(), null, 1, Ct)).Items.Single();

    public async Task<IReadOnlyList<string>> PhasesAsync() =>
        await Database.TenantDb.QueryAsync<string>(
            Tenant,
            "select rule_id || ' ' || phase from rule_state order by rule_id",
            null,
            Ct
        );

    private static string Time(DateTimeOffset time) =>
        time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
}
