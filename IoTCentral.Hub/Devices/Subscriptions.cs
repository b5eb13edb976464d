using IoTCentral.Hub.Telemetry;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// Which of the hub's topics a device listens to, at which QoS (contract §2.3). Other filters would reach further than
/// the device itself and are refused.
/// </summary>
internal sealed class Subscriptions(string deviceId)
{
    private const string TwinAnswers = "$iothub/twin/res/#";
    private const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    private const string DirectMethods = "$iothub/methods/POST/#";

    private const int None = -1;
    private int _cloudToDevice = None;
    private int _twin = None;
    private int _desired = None;
    private int _methods = None;
    private string? _cloudLevel;

    /// <summary>QoS of twin answers; null: not subscribed.</summary>
    public int? Twin => Of(ref _twin);
    public int? Desired => Of(ref _desired);
    public int? Methods => Of(ref _methods);
    public int? CloudToDevice => Of(ref _cloudToDevice);

    /// <summary>
    /// The device's id as its own filter has it: the Python SDK writes it percent-encoded, and takes nothing whose topic
    /// does not begin with the same text.
    /// </summary>
    public string CloudLevel => Volatile.Read(ref _cloudLevel) ?? deviceId;

    /// <summary>The granted QoS; null: refused.</summary>
    public int? Add(string filter, int qos) => Set(filter, qos) ? qos : null;

    public void Remove(string filter) => Set(filter, None);

    private bool Set(string filter, int qos)
    {
        switch (filter)
        {
            case TwinAnswers:
                Volatile.Write(ref _twin, qos);
                return true;
            case DesiredPatches:
                Volatile.Write(ref _desired, qos);
                return true;
            case DirectMethods:
                Volatile.Write(ref _methods, qos);
                return true;
            default:
                if (FindCloudLevel(filter) is not { } level)
                    return false;
                Volatile.Write(ref _cloudLevel, level);
                Volatile.Write(ref _cloudToDevice, qos);
                return true;
        }
    }

    /// <summary>What stands for this device in a filter for messages to it; null: it is none.</summary>
    private string? FindCloudLevel(string filter)
    {
        const string start = "devices/";
        const string end = "/messages/devicebound/#";
        if (
            !filter.StartsWith(start, StringComparison.Ordinal)
            || !filter.EndsWith(end, StringComparison.Ordinal)
            || filter.Length <= start.Length + end.Length
        )
            return null;
        var id = filter[start.Length..^end.Length];
        var isOwn = id == deviceId || PercentCode.Decode(System.Text.Encoding.UTF8.GetBytes(id)) == deviceId;
        return isOwn ? id : null;
    }

    private static int? Of(ref int qos) => Volatile.Read(ref qos) is var value && value == None ? null : value;
}
