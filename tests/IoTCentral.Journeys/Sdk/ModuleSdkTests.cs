using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>Microsoft's ModuleClient for Node: a part of a device with keys, a twin and methods of its own.</summary>
public sealed class ModuleSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_sends_telemetry_from_its_outputs_too(string transport)
    {
        await using var module = await ConnectAsync(transport, "sender");

        await module.DoAsync("sendEvent", Ct, Told("""{"body":{"t":1.5}}"""));
        await module.DoAsync("sendOutputEvent", Ct, Told("""{"output":"alarms","body":{"h":60}}"""));
        await module.DoAsync("close", Ct);

        var path = $"devices/{transport}-sender/modules/camera/telemetry";
        Assert.Equal(1.5, (double)(await fixture.GetAsync($"{path}/t"))["value"]!);
        Assert.Equal(60, (double)(await fixture.GetAsync($"{path}/h"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_has_a_twin_of_its_own(string transport)
    {
        await using var module = await ConnectAsync(transport, "twin");

        Assert.Equal(1, (int)(await module.DoAsync("getTwin", Ct))["result"]!["desired"]!["$version"]!);
        await module.DoAsync("twinSetRetryPolicy", Ct);
        await module.DoAsync("report", Ct, Told("""{"patch":{"lens":"wide"}}"""));
        await module.DoAsync("listenToDesired", Ct);
        await module.EventAsync("desired", Ct); // as it is, at once
        var properties = $"devices/{transport}-twin/modules/camera/properties";
        await fixture.SendAsync(HttpMethod.Patch, properties, """{"zoom":3}""");

        Assert.Equal(3, (int)(await module.EventAsync("desired", Ct))["patch"]!["zoom"]!);
        Assert.Equal("wide", (string)(await fixture.GetAsync(properties))["lens"]!);
        Assert.False((await fixture.GetAsync($"devices/{transport}-twin/properties")).AsObject().ContainsKey("lens"));
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_answers_a_method(string transport)
    {
        await using var module = await ConnectAsync(transport, "method");
        await module.DoAsync("listenToMethod", Ct, Told("""{"name":"focus","status":200,"payload":{"sharp":true}}"""));

        var answer = await fixture.SendAsync(
            HttpMethod.Post,
            $"devices/{transport}-method/modules/camera/commands/focus",
            """{"request":{"at":5},"connectionTimeout":10}"""
        );

        Assert.Equal(5, (int)(await module.EventAsync("method", Ct))["payload"]!["at"]!);
        Assert.True((bool)answer["response"]!["sharp"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_changes_its_token_for_another(string transport)
    {
        var id = await MakeAsync(transport, "token");
        await using var module = await fixture.StartAsync(transport, await TokenAsync(id, minutes: 10));
        foreach (var what in new[] { "setRetryPolicy", "setOptions", "setTransportOptions", "open" })
            await module.DoAsync(what, Ct);

        var token = await TokenAsync(id, minutes: 20);
        await module.DoAsync("updateSharedAccessSignature", Ct, new JsonObject { ["token"] = token });
        await module.DoAsync("sendEvent", Ct, Told("""{"body":{"t":2}}"""));

        Assert.Equal(2, (int)(await fixture.GetAsync($"devices/{id}/modules/camera/telemetry/t"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_may_listen_to_inputs_to_which_nothing_comes(string transport)
    {
        await using var module = await ConnectAsync(transport, "inputs");

        await module.DoAsync("listenToInputs", Ct);
        await module.DoAsync("sendEvent", Ct, Told("""{"body":{"t":1}}"""));

        Assert.False(module.HasSeen("error") || module.HasSeen("input"));
        Assert.Equal(
            1,
            (int)(await fixture.GetAsync($"devices/{transport}-inputs/modules/camera/telemetry/t"))["value"]!
        );
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_module_cannot_call_methods_of_others(string transport)
    {
        fixture.SkipWhereItIsOutOfReach("http"); // whatever its transport, the SDK asks by HTTPS
        var id = await MakeAsync(transport, "caller");
        await using var module = await fixture.StartAsync(transport, await CredentialAsync(id));

        var told = new JsonObject
        {
            ["do"] = "invokeMethod",
            ["device"] = id,
            ["module"] = "camera",
            ["name"] = "focus",
        };
        var answer = await module.TryAsync(told, Ct);

        Assert.Equal("failed", (string)answer["event"]!);
        Assert.Contains("Not found", answer.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>There the SDK speaks as the device, for which a module's token is not good.</summary>
    [Theory]
    [InlineData("sendEvent", "UnauthorizedError")]
    [InlineData("sendEventBatch", "UnauthorizedError")]
    [InlineData("sendOutputEvent", "NotImplementedError")]
    [InlineData("sendOutputEventBatch", "NotImplementedError")]
    [InlineData("getTwin", "NotImplementedError")]
    [InlineData("listenToMethod", "NotImplementedError")]
    [InlineData("listenToInputs", "NotImplementedError")]
    public async Task A_module_cannot_talk_over_HTTPS(string what, string error)
    {
        var id = await MakeAsync("http", what);
        await using var module = await fixture.StartAsync("http", await CredentialAsync(id));
        foreach (var local in new[] { "setRetryPolicy", "setOptions", "setTransportOptions", "open" })
            await module.DoAsync(local, Ct);

        var told = Told("""{"name":"focus","body":1,"output":"alarms","messages":[{"body":1}]}""");
        told["do"] = what;

        Assert.Equal(error, (string)(await module.TryAsync(told, Ct))["name"]!);
        await module.DoAsync("close", Ct);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_module_is_made_of_its_environment_or_of_a_provider(string transport)
    {
        foreach (var how in new[] { "provider", "environment" })
        {
            var id = await MakeAsync(transport, how);
            await using var module = await fixture.StartAsync(transport, await CredentialAsync(id), how);
            await module.DoAsync("open", Ct);
            await module.DoAsync("sendEvent", Ct, Told("""{"body":{"t":1}}"""));
            Assert.Equal(1, (int)(await fixture.GetAsync($"devices/{id}/modules/camera/telemetry/t"))["value"]!);
        }
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task The_SDK_sends_no_batches_of_a_module(string transport)
    {
        await using var module = await ConnectAsync(transport, "batches");

        foreach (var what in new[] { "sendEventBatch", "sendOutputEventBatch" })
        {
            var answer = await module.TryAsync(new JsonObject { ["do"] = what, ["messages"] = new JsonArray() }, Ct);
            Assert.Equal("NotImplementedError", (string)answer["name"]!);
        }
    }

    private async Task<SdkDevice> ConnectAsync(string transport, string what)
    {
        var module = await fixture.StartAsync(transport, await CredentialAsync(await MakeAsync(transport, what)));
        await module.DoAsync("open", Ct);
        return module;
    }

    /// <summary>Makes a device with a module; the device's id.</summary>
    private async Task<string> MakeAsync(string transport, string what)
    {
        var id = $"{transport}-{what}";
        await fixture.MakeAsync(id);
        await fixture.SendAsync(HttpMethod.Put, $"devices/{id}/modules/camera", "{}");
        return id;
    }

    private async Task<string> CredentialAsync(string id) =>
        $"HostName={fixture.Server.Address};DeviceId={id};ModuleId=camera;GatewayHostName={fixture.Server.Address};"
        + $"SharedAccessKey={await KeyAsync(id)}";

    private async Task<string> TokenAsync(string id, int minutes) =>
        Sign.Token(
            $"{fixture.Server.Address}/devices/{id}/modules/camera",
            await KeyAsync(id),
            TimeProvider.System.GetUtcNow().AddMinutes(minutes)
        );

    private Task<string> KeyAsync(string id) => fixture.KeyAsync($"devices/{id}/modules/camera/credentials");

    private static JsonObject Told(string json) => JsonNode.Parse(json)!.AsObject();
}
