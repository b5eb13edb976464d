using System.Text;

namespace IoTCentral.Journeys.Sdk;

/// <summary>What is known of one operation over one transport.</summary>
/// <param name="Words">As the document says it.</param>
/// <param name="Test">Name of the test that shows it, a method of <see cref="NodeSdkTests"/>; null: none does.</param>
internal sealed record Known(string Words, string? Test = null)
{
    /// <summary>The SDK itself says that it does not do this over this transport.</summary>
    public static Known NotInSdk { get; } = new("not in the SDK");

    /// <summary>Nothing goes over the wire.</summary>
    public static Known Local { get; } = new("local");

    /// <summary>The hub does not offer it yet.</summary>
    public static Known NotYet { get; } = new("not yet");
    public static Known Untested { get; } = new("untested");

    public static Known By(string test) => new("works", test);
}

/// <summary>Operations of Microsoft's Node SDK and what the tests show of them; docs/compatibility.md is made of it.</summary>
internal static class Compatibility
{
    public static readonly string[] Transports = ["mqtt", "mqtt-ws", "amqp", "amqp-ws", "http"];

    private static readonly Known Sent = Known.By(nameof(NodeSdkTests.Telemetry_is_stored_with_its_properties));
    private static readonly Known Twin = Known.By(nameof(NodeSdkTests.The_twin_is_read_reported_to_and_pushed));
    private static readonly Known Called = Known.By(nameof(NodeSdkTests.A_command_is_answered));
    private static readonly Known Registered = Known.By(
        nameof(NodeSdkTests.A_device_registers_with_its_own_key_and_not_with_another)
    );
    private static readonly Known Completed = Known.By(
        nameof(NodeSdkTests.A_command_that_waited_offline_comes_as_a_message_and_is_completed)
    );
    private static readonly Known Settled = Known.By(nameof(NodeSdkTests.A_message_is_refused_or_put_back));

    private static readonly Known Uploaded = Known.By(nameof(NodeSdkTests.Files_are_uploaded_byte_for_byte));
    private static readonly Known Reported = Known.By(
        nameof(NodeSdkTests.A_device_asks_where_to_upload_to_and_says_how_it_went)
    );

    /// <summary>By operation, in the order of <see cref="Transports"/>.</summary>
    public static IReadOnlyDictionary<string, Known[]> Rows { get; } =
        new SortedDictionary<string, Known[]>(StringComparer.Ordinal)
        {
            ["Client.open"] = All(Sent),
            ["Client.close"] = All(Sent),
            ["Client.sendEvent"] = All(Sent),
            ["Client.sendEventBatch"] =
            [
                Known.NotInSdk,
                Known.NotInSdk,
                Known.NotInSdk,
                Known.NotInSdk,
                Known.By(nameof(NodeSdkTests.A_batch_is_stored_over_HTTPS)),
            ],
            ["Client.complete"] = All(Completed),
            ["Client.reject"] = [Known.NotInSdk, Known.NotInSdk, Settled, Settled, Settled],
            ["Client.abandon"] = [Known.NotInSdk, Known.NotInSdk, Settled, Settled, Settled],
            ["Client.getTwin"] = [Twin, Twin, Twin, Twin, Known.NotInSdk],
            ["Client.onDeviceMethod"] = [Called, Called, Called, Called, Known.NotInSdk],
            ["Client.updateSharedAccessSignature"] = All(Known.Untested),
            ["Client.setOptions"] = All(Known.Local),
            ["Client.setRetryPolicy"] = All(Known.Local),
            ["Client.setTransportOptions"] = All(Known.Local),
            ["Client.uploadToBlob"] = All(Uploaded),
            ["Client.getBlobSharedAccessSignature"] = All(Reported),
            ["Client.notifyBlobUploadStatus"] = All(Reported),
            ["ModuleClient.open"] = All(Known.NotYet),
            ["ModuleClient.close"] = All(Known.NotYet),
            ["ModuleClient.sendEvent"] = All(Known.NotYet),
            ["ModuleClient.sendEventBatch"] = All(Known.NotYet),
            ["ModuleClient.sendOutputEvent"] = All(Known.NotYet),
            ["ModuleClient.sendOutputEventBatch"] = All(Known.NotYet),
            ["ModuleClient.complete"] = All(Known.NotYet),
            ["ModuleClient.reject"] = All(Known.NotYet),
            ["ModuleClient.abandon"] = All(Known.NotYet),
            ["ModuleClient.getTwin"] = All(Known.NotYet),
            ["ModuleClient.onMethod"] = All(Known.NotYet),
            ["ModuleClient.invokeMethod"] = All(Known.NotYet),
            ["ModuleClient.updateSharedAccessSignature"] = All(Known.NotYet),
            ["ModuleClient.setOptions"] = All(Known.Local),
            ["ModuleClient.setRetryPolicy"] = All(Known.Local),
            ["ModuleClient.setTransportOptions"] = All(Known.Local),
            ["Twin.get"] = [Twin, Twin, Twin, Twin, Known.NotInSdk],
            ["Twin.enableTwinDesiredPropertiesUpdates"] = [Twin, Twin, Twin, Twin, Known.NotInSdk],
            ["Twin.setRetryPolicy"] = All(Known.Local),
            ["ProvisioningDeviceClient.register"] = All(Registered),
            ["ProvisioningDeviceClient.setProvisioningPayload"] = All(Known.Untested),
            ["ProvisioningDeviceClient.cancel"] = All(Known.Untested),
        };

    /// <summary>docs/compatibility.md as it has to be.</summary>
    public static string Document()
    {
        var text = new StringBuilder();
        text.AppendLine("# Compatibility")
            .AppendLine()
            .AppendLine(
                "Made from the tests that drive Microsoft's Node SDK (`tests/IoTCentral.Journeys/Sdk`); written anew by"
            )
            .AppendLine("`UPDATE_DOCS=true ./test`. A new operation of the SDK without a row here fails the tests.")
            .AppendLine()
            .AppendLine("| operation | " + string.Join(" | ", Transports) + " |")
            .AppendLine("|---|" + string.Concat(Transports.Select(_ => "---|")));
        foreach (var (operation, known) in Rows)
            text.AppendLine($"| `{operation}` | {string.Join(" | ", known.Select(k => k.Words))} |");
        text.AppendLine()
            .AppendLine("* **works**: a test does it against the running program.")
            .AppendLine("* **not in the SDK**: the SDK refuses it over this transport, whatever the hub.")
            .AppendLine("* **local**: nothing goes over the wire.")
            .AppendLine("* **not yet**: the hub does not offer it.")
            .AppendLine()
            .AppendLine(
                "Other SDKs have no client that runs in tests; the C SDK's MQTT packets are replayed (`IoTCentral.Hub.Tests`,"
            )
            .AppendLine("`CSdkReplayTests`), and AMQP is driven by a second client library there (`Amqp`).");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static Known[] All(Known known) => [.. Transports.Select(_ => known)];
}
