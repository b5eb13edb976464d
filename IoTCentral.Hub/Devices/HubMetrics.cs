using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace IoTCentral.Hub.Devices;

/// <summary>What on-call people watch of the hub; meter "IoTCentral.Hub".</summary>
internal sealed class HubMetrics
{
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _ended;
    private readonly ConcurrentDictionary<string, (TimeSpan Oldest, int Paused)> _watched = new(StringComparer.Ordinal);

    public HubMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("IoTCentral.Hub");
        _connections = meter.CreateUpDownCounter<int>("iotc.hub.connections", "{connection}", "Open connections.");
        _refused = meter.CreateCounter<long>("iotc.hub.refused", "{attempt}", "Refused attempts, by code.");
        _ended = meter.CreateCounter<long>("iotc.hub.ended", "{connection}", "Ended connections, by code.");
        meter.CreateObservableGauge(
            "iotc.hub.unacknowledged.age",
            () => _watched.Values.Select(w => w.Oldest.TotalSeconds).DefaultIfEmpty().Max(),
            "s",
            "Age of the oldest message that is not acknowledged yet."
        );
        meter.CreateObservableGauge(
            "iotc.hub.paused",
            () => _watched.Values.Sum(w => w.Paused),
            "{connection}",
            "Connections that wait for storage or for their turn."
        );
    }

    public void Opened() => _connections.Add(1);

    public void Closed(string code)
    {
        _connections.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("code", code));
    }

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="door">Each kind of connection counts its own.</param>
    public void Watched(string door, TimeSpan oldestUnacknowledged, int paused) =>
        _watched[door] = (oldestUnacknowledged, paused);
}
