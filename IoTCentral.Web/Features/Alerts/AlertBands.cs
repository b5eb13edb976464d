using IoTCentral.Core.Access;
using IoTCentral.Core.Rules;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;

namespace IoTCentral.Web.Features.Alerts;

/// <summary>The times of a device's alerts, behind the lines they are about.</summary>
public sealed class AlertBands(AlertDesk desk)
{
    // More would be a wall, not a hint.
    private const int Most = 100;

    /// <summary>Alerts of the device that were open at any time of the range; none for who may not see alerts.</summary>
    public async Task<IReadOnlyList<Alert>> ReadAsync(
        Caller caller,
        long deviceKey,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        if (!caller.May(Permission.ViewAlerts))
            return [];
        var filter = new AlertFilter
        {
            DeviceKey = deviceKey,
            ActiveFrom = from,
            To = to,
        };
        return (await desk.ListAsync(caller, filter, null, Most, ct)).Items;
    }

    /// <summary>The bands of those whose rule looked at one of these signals.</summary>
    public static IReadOnlyList<ChartBand> Of(
        IReadOnlyList<Alert> alerts,
        IEnumerable<(string Component, string Name)> signals
    )
    {
        var shown = signals.ToHashSet();
        return
        [
            .. alerts
                .Where(a =>
                    a.Facts.Conditions.Any(c => c.Name is { } name && shown.Contains((c.Component ?? "", name)))
                )
                .Select(a => new ChartBand(a.OpenedAt, a.ResolvedAt, AlertWords.ToneOf(a.Severity))),
        ];
    }
}
