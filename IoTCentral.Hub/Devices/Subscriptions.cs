using IoTCentral.Hub.Telemetry;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// Which of the hub's topics a device listens to, at which QoS (contract §2.3). Other filters would reach further than
/// the device itself and are refused.
/// </summary>
/// <param name="path">What follows <c>devices/</c> in its topics: the device's id, or <c>D/modules/M</c>.</param>
internal sealed class Subscriptions(string path)
{
    private const string TwinAnswers = "$iothub/twin/res/#";
    private const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    private const string DirectMethods = "$iothub/methods/POST/#";

    private const int None = -1;
    private readonly bool _isModule = path.Contains('/', StringComparison.Ordinal);
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
    /// Its path as its own filter has it: the Python SDK writes it percent-encoded, and takes nothing whose topic
    /// does not begin with the same text.
    /// </summary>
    public string CloudLevel => Volatile.Read(ref _cloudLevel) ?? path;

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
                return SetOwn(filter, qos);
        }
    }

    private bool SetOwn(string filter, int qos)
    {
        const string start = "devices/";
        if (!filter.StartsWith(start, StringComparison.Ordinal))
            return false;
        if (FindLevel(filter[start.Length..], "/messages/devicebound/#") is { } level)
        {
            Volatile.Write(ref _cloudLevel, level);
            Volatile.Write(ref _cloudToDevice, qos);
            return true;
        }

        if (!_isModule)
            return false;
        // Messages between modules are an edge device's own business: here none come in.
        if (FindLevel(filter[start.Length..], "/inputs/#") is not null)
            return true;
        // The C and C# SDKs ask for inputs and messages at once.
        if (FindLevel(filter[start.Length..], "/#") is not { } all)
            return false;
        Volatile.Write(ref _cloudLevel, all);
        Volatile.Write(ref _cloudToDevice, qos);
        return true;
    }

    /// <summary>What stands for this identity before the end of a filter; null: another's, or another end.</summary>
    private string? FindLevel(string filter, string end)
    {
        if (!filter.EndsWith(end, StringComparison.Ordinal) || filter.Length <= end.Length)
            return null;
        var id = filter[..^end.Length];
        var isOwn = id == path || PercentCode.Decode(System.Text.Encoding.UTF8.GetBytes(id)) == path;
        return isOwn ? id : null;
    }

    private static int? Of(ref int qos) => Volatile.Read(ref qos) is var value && value == None ? null : value;
}
