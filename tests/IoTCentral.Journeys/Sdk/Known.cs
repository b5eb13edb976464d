namespace IoTCentral.Journeys.Sdk;

/// <summary>What is known of one operation over one transport.</summary>
/// <param name="Words">As the document says it.</param>
/// <param name="Test">Name of the test that shows it.</param>
/// <param name="Reason">Why it is refused; null: it is not.</param>
internal sealed record Known(string Words, string Test, string? Reason = null)
{
    public static Known By(string test) => new("works", test);

    /// <summary>Nothing goes over the wire.</summary>
    public static Known Local(string test) => new("local", test);

    /// <param name="reason">With the line of the contract.</param>
    public static Known Refused(string reason, string test) => new("refused", test, reason);
}

/// <summary>Why something is refused, whatever the hub.</summary>
internal static class Reasons
{
    public const string Batches = "Node's SDK sends batches over HTTPS alone (§4).";
    public const string Settling = "MQTT completes a message and does nothing else with it (§2.7).";
    public const string NoTwins = "Over HTTPS there are neither twins nor methods (§4).";
    public const string ModuleHttps =
        "Over HTTPS Node's SDK speaks as the device, for which a module's token is not good (§1.1, §4). The hub itself takes a module's telemetry there.";
    public const string Inputs =
        "What comes to a module's inputs is routed by an IoT Edge gateway; a hub delivers nothing to them, so nothing is to be settled (§2.3).";
    public const string EdgeMethods = "Calling methods from a module is for IoT Edge gateways alone (§4).";
}
