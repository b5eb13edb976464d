using System.Diagnostics.Metrics;

namespace IoTCentral.Hub.Devices;

/// <summary>What on-call people watch of the hub; meter "IoTCentral.Hub".</summary>
internal sealed class HubMetrics
{
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _ended;
    private double _oldestUnacknowledged;
    private int _paused;

    public HubMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("IoTCentral.Hub");
        _connections = meter.CreateUpDownCounter<int>("iotc.hub.connections", "{connection}", "Open connections.");
        _refused = meter.CreateCounter<long>("iotc.hub.refused", "{attempt}", "Refused attempts, by code.");
        _ended = meter.CreateCounter<long>("iotc.hub.ended", "{connection}", "Ended connections, by code.");
        meter.CreateObservableGauge(
            "iotc.hub.unacknowledged.age",
            () => Volatile.Read(ref _oldestUnacknowledged),
            "s",
            "Age of the oldest message that is not acknowledged yet."
        );
        meter.CreateObservableGauge(
            "iotc.hub.paused",
            () => Volatile.Read(ref _paused),
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

    public void Watched(TimeSpan oldestUnacknowledged, int paused)
    {
        Volatile.Write(ref _oldestUnacknowledged, oldestUnacknowledged.TotalSeconds);
        Volatile.Write(ref _paused, paused);
    }
}
