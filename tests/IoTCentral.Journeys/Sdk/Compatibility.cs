namespace IoTCentral.Journeys.Sdk;

/// <summary>Operations of Microsoft's Node SDK and what the tests show of them; docs/compatibility.md is made of it.</summary>
internal static partial class Compatibility
{
    public static readonly string[] Transports = ["mqtt", "mqtt-ws", "amqp", "amqp-ws", "http"];

    /// <summary>Rows that no prototype has: what comes by events, and the twin's own object.</summary>
    public static readonly string[] Beside =
    [
        "Client.on('message')",
        "ModuleClient.on('inputMessage')",
        "Twin.on('properties.desired')",
        "Twin.properties.reported.update",
    ];

    private static readonly Known Sent = Known.By(nameof(NodeSdkTests.Telemetry_is_stored_with_its_properties));
    private static readonly Known Twin = Known.By(nameof(NodeSdkTests.The_twin_is_read_reported_to_and_pushed));
    private static readonly Known Called = Known.By(nameof(NodeSdkTests.A_command_is_answered));
    private static readonly Known Tokens = Known.By(
        nameof(NodeSdkTests.A_token_made_elsewhere_is_used_and_changed_for_another)
    );
    private static readonly Known Provided = Known.By(nameof(NodeSdkTests.A_client_may_be_given_its_way_to_sign_in));
    private static readonly Known Unsaid = Known.Local(nameof(NodeSdkTests.What_stays_in_the_program_changes_nothing));
    private static readonly Known Completed = Known.By(
        nameof(NodeSdkTests.A_command_that_waited_offline_comes_as_a_message_and_is_completed)
    );
    private static readonly Known Settled = Known.By(nameof(NodeSdkTests.A_message_is_refused_or_put_back));
    private static readonly Known NotSettled = Known.Refused(
        Reasons.Settling,
        nameof(NodeSdkTests.Over_MQTT_the_SDK_can_only_complete)
    );
    private static readonly Known Uploaded = Known.By(nameof(NodeSdkTests.Files_are_uploaded_byte_for_byte));
    private static readonly Known Reported = Known.By(
        nameof(NodeSdkTests.A_device_asks_where_to_upload_to_and_says_how_it_went)
    );

    private const string SaidByTheSdk = nameof(NodeSdkTests.What_the_SDK_does_not_do_over_a_transport_it_says_itself);
    private static readonly Known NoBatch = Known.Refused(Reasons.Batches, SaidByTheSdk);
    private static readonly Known NoTwin = Known.Refused(Reasons.NoTwins, SaidByTheSdk);

    private static readonly Known ModuleSent = Known.By(
        nameof(ModuleSdkTests.A_module_sends_telemetry_from_its_outputs_too)
    );
    private static readonly Known ModuleTwin = Known.By(nameof(ModuleSdkTests.A_module_has_a_twin_of_its_own));
    private static readonly Known ModuleCalled = Known.By(nameof(ModuleSdkTests.A_module_answers_a_method));
    private static readonly Known ModuleMade = Known.By(
        nameof(ModuleSdkTests.A_module_is_made_of_its_environment_or_of_a_provider)
    );
    private static readonly Known ModuleTokens = Known.By(
        nameof(ModuleSdkTests.A_module_changes_its_token_for_another)
    );
    private static readonly Known ModuleUnsaid = Known.Local(
        nameof(ModuleSdkTests.A_module_changes_its_token_for_another)
    );
    private static readonly Known NoInputs = Known.Refused(
        Reasons.Inputs,
        nameof(ModuleSdkTests.A_module_may_listen_to_inputs_to_which_nothing_comes)
    );
    private static readonly Known NoModuleBatch = Known.Refused(
        Reasons.Batches,
        nameof(ModuleSdkTests.The_SDK_sends_no_batches_of_a_module)
    );
    private static readonly Known NoCalls = Known.Refused(
        Reasons.EdgeMethods,
        nameof(ModuleSdkTests.A_module_cannot_call_methods_of_others)
    );

    private const string OverHttps = nameof(ModuleSdkTests.A_module_cannot_talk_over_HTTPS);
    private static readonly Known NoModule = Known.Refused(Reasons.ModuleHttps, OverHttps);
    private static readonly Known NoModuleTwin = Known.Refused(Reasons.NoTwins, OverHttps);
    private static readonly Known LocalOverHttps = Known.Local(OverHttps);

    private static readonly Known Registered = Known.By(
        nameof(ProvisioningSdkTests.A_device_registers_with_its_own_key)
    );
    private static readonly Known Modelled = Known.By(
        nameof(ProvisioningSdkTests.What_a_new_device_says_of_its_model_assigns_its_template)
    );
    private static readonly Known Waited = Known.Local(
        nameof(ProvisioningSdkTests.A_device_waits_until_somebody_approves_it)
    );

    /// <summary>By operation, in the order of <see cref="Transports"/>.</summary>
    public static IReadOnlyDictionary<string, Known[]> Rows { get; } =
        new SortedDictionary<string, Known[]>(StringComparer.Ordinal)
        {
            ["Client.abandon"] = [NotSettled, NotSettled, Settled, Settled, Settled],
            ["Client.close"] = All(Sent),
            ["Client.complete"] = All(Completed),
            ["Client.fromAuthenticationProvider"] = All(Provided),
            ["Client.fromConnectionString"] = All(Sent),
            ["Client.fromSharedAccessSignature"] = All(Tokens),
            ["Client.getBlobSharedAccessSignature"] = All(Reported),
            ["Client.getTwin"] = ButHttps(Twin, NoTwin),
            ["Client.notifyBlobUploadStatus"] = All(Reported),
            ["Client.on('message')"] = All(Completed),
            ["Client.onDeviceMethod"] = ButHttps(Called, NoTwin),
            ["Client.open"] = All(Sent),
            ["Client.reject"] = [NotSettled, NotSettled, Settled, Settled, Settled],
            ["Client.sendEvent"] = All(Sent),
            ["Client.sendEventBatch"] = ButHttps(NoBatch, Known.By(nameof(NodeSdkTests.A_batch_is_stored_over_HTTPS))),
            ["Client.setOptions"] = All(Unsaid),
            ["Client.setRetryPolicy"] = All(Unsaid),
            ["Client.setTransportOptions"] = All(Unsaid),
            ["Client.updateSharedAccessSignature"] = All(Tokens),
            ["Client.uploadToBlob"] = All(Uploaded),
            ["ModuleClient.abandon"] = ButHttps(NoInputs, NoModule),
            ["ModuleClient.close"] = ButHttps(ModuleSent, LocalOverHttps),
            ["ModuleClient.complete"] = ButHttps(NoInputs, NoModule),
            ["ModuleClient.fromAuthenticationProvider"] = ButHttps(ModuleMade, NoModule),
            ["ModuleClient.fromConnectionString"] = ButHttps(ModuleSent, NoModule),
            ["ModuleClient.fromEnvironment"] = ButHttps(ModuleMade, NoModule),
            ["ModuleClient.fromSharedAccessSignature"] = ButHttps(ModuleTokens, NoModule),
            ["ModuleClient.getTwin"] = ButHttps(ModuleTwin, NoModuleTwin),
            ["ModuleClient.invokeMethod"] = All(NoCalls),
            ["ModuleClient.on('inputMessage')"] = ButHttps(NoInputs, NoModule),
            ["ModuleClient.onMethod"] = ButHttps(ModuleCalled, NoModuleTwin),
            ["ModuleClient.open"] = ButHttps(ModuleSent, LocalOverHttps),
            ["ModuleClient.reject"] = ButHttps(NoInputs, NoModule),
            ["ModuleClient.sendEvent"] = ButHttps(ModuleSent, NoModule),
            ["ModuleClient.sendEventBatch"] = ButHttps(NoModuleBatch, NoModule),
            ["ModuleClient.sendOutputEvent"] = ButHttps(ModuleSent, NoModule),
            ["ModuleClient.sendOutputEventBatch"] = ButHttps(NoModuleBatch, NoModule),
            ["ModuleClient.setOptions"] = ButHttps(ModuleUnsaid, LocalOverHttps),
            ["ModuleClient.setRetryPolicy"] = ButHttps(ModuleUnsaid, LocalOverHttps),
            ["ModuleClient.setTransportOptions"] = ButHttps(ModuleUnsaid, LocalOverHttps),
            ["ModuleClient.updateSharedAccessSignature"] = ButHttps(ModuleTokens, NoModule),
            ["ModuleClient.validateEnvironment"] = ButHttps(Known.Local(ModuleMade.Test), NoModule),
            ["ProvisioningDeviceClient.cancel"] = All(Waited),
            ["ProvisioningDeviceClient.create"] = All(Registered),
            ["ProvisioningDeviceClient.register"] = All(Registered),
            ["ProvisioningDeviceClient.setProvisioningPayload"] = All(Modelled),
            ["Twin.enableTwinDesiredPropertiesUpdates"] = ButHttps(Twin, NoTwin),
            ["Twin.get"] = ButHttps(Twin, NoTwin),
            ["Twin.on('properties.desired')"] = ButHttps(Twin, NoTwin),
            ["Twin.properties.reported.update"] = ButHttps(Twin, NoTwin),
            ["Twin.setRetryPolicy"] = ButHttps(Known.Local(ModuleTwin.Test), NoTwin),
        };

    private static Known[] All(Known known) => [.. Transports.Select(_ => known)];

    private static Known[] ButHttps(Known known, Known overHttps) => [known, known, known, known, overHttps];
}
