using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>
/// Microsoft's device SDK for Node over each of its transports that the hub speaks, against the running program. The
/// WebSocket of the SDKs goes to port 443 alone, which only some users may open.
/// </summary>
public sealed class NodeSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task Telemetry_is_stored_with_its_properties(string transport)
    {
        await using var device = await fixture.ConnectAsync(transport, "telemetry");

        await device.DoAsync(
            "sendEvent",
            Ct,
            JsonNode
                .Parse("""{"body":{"t":1.5},"properties":{"odd-key":"a b&c"},"system":{"messageId":"m1"}}""")!
                .AsObject()
        );
        await device.DoAsync("sendEvent", Ct, JsonNode.Parse("""{"body":{"t":2.5,"h":60}}""")!.AsObject());
        await device.DoAsync("close", Ct);

        Assert.Equal(2.5, (double)(await fixture.GetAsync($"devices/{transport}-telemetry/telemetry/t"))["value"]!);
        Assert.Equal(60, (double)(await fixture.GetAsync($"devices/{transport}-telemetry/telemetry/h"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task The_twin_is_read_reported_to_and_pushed(string transport)
    {
        await fixture.MakeAsync($"{transport}-twin", sleeper: true);
        await using var device = await fixture.ConnectAsync(transport, "twin");

        var twin = await device.DoAsync("getTwin", Ct);
        Assert.Equal(1, (int)twin["result"]!["desired"]!["$version"]!);
        await device.DoAsync("report", Ct, JsonNode.Parse("""{"patch":{"firmware":"1.2.3"}}""")!.AsObject());
        await device.DoAsync("listenToDesired", Ct);
        Assert.Equal(1, (int)(await device.EventAsync("desired", Ct))["patch"]!["$version"]!); // as it is, at once
        await fixture.SendAsync(HttpMethod.Patch, $"devices/{transport}-twin/properties", """{"interval":30}""");

        var pushed = await device.EventAsync("desired", Ct);
        Assert.Equal(30, (int)pushed["patch"]!["interval"]!);
        Assert.Equal("1.2.3", (string)(await fixture.GetAsync($"devices/{transport}-twin/properties"))["firmware"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.Transports), MemberType = typeof(SdkServer))]
    public async Task A_command_is_answered(string transport)
    {
        await using var device = await fixture.ConnectAsync(transport, "method");
        await device.DoAsync(
            "listenToMethod",
            Ct,
            JsonNode.Parse("""{"name":"reboot","status":202,"payload":{"in":"5 s"}}""")!.AsObject()
        );

        var answer = await fixture.SendAsync(
            HttpMethod.Post,
            $"devices/{transport}-method/commands/reboot",
            """{"request":{"delay":5},"connectionTimeout":10}"""
        );

        var called = await device.EventAsync("method", Ct);
        Assert.Equal(("reboot", 5), ((string)called["name"]!, (int)called["payload"]!["delay"]!));
        Assert.Equal((202, "5 s"), ((int)answer["responseCode"]!, (string)answer["response"]!["in"]!));
    }

    [Fact]
    public async Task A_batch_is_stored_over_HTTPS()
    {
        await using var device = await fixture.ConnectAsync("http", "batch");

        await device.DoAsync(
            "sendEventBatch",
            Ct,
            JsonNode.Parse("""{"messages":[{"body":{"t":2.5},"properties":{"a":"b"}},{"body":{"h":60}}]}""")!.AsObject()
        );

        Assert.Equal(2.5, (double)(await fixture.GetAsync("devices/http-batch/telemetry/t"))["value"]!);
        Assert.Equal(60, (double)(await fixture.GetAsync("devices/http-batch/telemetry/h"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_command_that_waited_offline_comes_as_a_message_and_is_completed(string transport)
    {
        var id = $"{transport}-offline";
        await fixture.MakeAsync(id, sleeper: true);
        await fixture.SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await fixture.ConnectAsync(transport, "offline");
        await device.DoAsync("listenToMessages", Ct);

        var message = await device.EventAsync("message", Ct);
        // over HTTPS the SDK gives properties by the names of their headers
        var name = transport == "http" ? "iothub-app-method-name" : "method-name";
        Assert.Equal(("wake", "\"now\""), ((string)message["properties"]![name]!, (string)message["body"]!));
        Assert.Equal((string)message["id"]!, (string)(await device.EventAsync("settled", Ct))["id"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.SettlingTransports), MemberType = typeof(SdkServer))]
    public async Task A_message_is_refused_or_put_back(string transport)
    {
        var id = $"{transport}-settle";
        await fixture.MakeAsync(id, sleeper: true);
        await fixture.SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await fixture.ConnectAsync(transport, "settle");
        await device.DoAsync("listenToMessages", Ct, JsonNode.Parse("""{"settle":["abandon","reject"]}""")!.AsObject());

        var (first, second) = (await device.EventAsync("message", Ct), await device.EventAsync("message", Ct));
        Assert.Equal((string)first["id"]!, (string)second["id"]!);
        Assert.Equal("abandon", (string)(await device.EventAsync("settled", Ct))["way"]!);
        Assert.Equal("reject", (string)(await device.EventAsync("settled", Ct))["way"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task Files_are_uploaded_byte_for_byte(string transport)
    {
        fixture.SkipWhereItIsOutOfReach("http"); // whatever its transport, a file goes by HTTPS
        await using var device = await fixture.ConnectAsync(transport, "files");
        // one block, and two of the SDK's 4 MB with a shorter one behind
        foreach (var (name, size) in new[] { ("logs/boot 1.log", 11), ("video (1) &+/big.bin", 9_000_001) })
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            var file = Path.Combine(TestRun.NewFolder("upload"), "file");
            await File.WriteAllBytesAsync(file, bytes, Ct);

            await device.DoAsync("uploadToBlob", Ct, new JsonObject { ["name"] = name, ["file"] = file });

            var listed = (await fixture.GetAsync($"devices/{transport}-files/files"))["value"]!.AsArray()[0]!;
            Assert.Equal(
                (name, size, true),
                ((string)listed["name"]!, (int)listed["size"]!, (bool)listed["confirmed"]!)
            );
            var path = $"devices/{transport}-files/files/{listed["id"]}/content";
            Assert.Equal(bytes, await fixture.Http.GetByteArrayAsync(SdkServer.Address(path), Ct));
        }
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_asks_where_to_upload_to_and_says_how_it_went(string transport)
    {
        fixture.SkipWhereItIsOutOfReach("http");
        await using var device = await fixture.ConnectAsync(transport, "blob");

        var asked = await device.DoAsync("getBlobSharedAccessSignature", Ct, new JsonObject { ["name"] = "a.txt" });
        var to = asked["result"]!;
        // as any HTTP client may, with nothing but the address
        var address = $"https://{to["hostName"]}/{to["containerName"]}/{to["blobName"]}{to["sasToken"]}";
        await device.DoAsync("putBlob", Ct, new JsonObject { ["address"] = address, ["body"] = "hello" });
        await device.DoAsync(
            "notifyBlobUploadStatus",
            Ct,
            new JsonObject
            {
                ["id"] = (string)to["correlationId"]!,
                ["isSuccess"] = false,
                ["code"] = 500,
                ["description"] = "half of it",
            }
        );
        var twice = await device.TryAsync(
            new JsonObject
            {
                ["do"] = "notifyBlobUploadStatus",
                ["id"] = Guid.CreateVersion7().ToString(),
                ["isSuccess"] = true,
                ["code"] = 200,
                ["description"] = "",
            },
            Ct
        );

        var file = Assert.Single((await fixture.GetAsync($"devices/{transport}-blob/files"))["value"]!.AsArray())!;
        Assert.False((bool)file["confirmed"]!);
        Assert.Equal("failed", (string)twice["event"]!);
    }

    [Theory]
    [InlineData("mqtt", "sendEventBatch")]
    [InlineData("mqtt-ws", "sendEventBatch")]
    [InlineData("amqp", "sendEventBatch")]
    [InlineData("amqp-ws", "sendEventBatch")]
    [InlineData("http", "getTwin")]
    [InlineData("http", "listenToMethod")]
    public async Task What_the_SDK_does_not_do_over_a_transport_it_says_itself(string transport, string operation)
    {
        await using var device = await fixture.ConnectAsync(transport, "refuses");

        var told = new JsonObject
        {
            ["do"] = operation,
            ["messages"] = new JsonArray(),
            ["name"] = "reboot",
        };
        var answer = await device.TryAsync(told, Ct);

        Assert.Equal("NotImplementedError", (string)answer["name"]!);
    }

    [Theory]
    [InlineData("mqtt", "reject")]
    [InlineData("mqtt", "abandon")]
    [InlineData("mqtt-ws", "reject")]
    [InlineData("mqtt-ws", "abandon")]
    public async Task Over_MQTT_the_SDK_can_only_complete(string transport, string way)
    {
        var id = $"{transport}-{way}";
        await fixture.MakeAsync(id, sleeper: true);
        await fixture.SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await fixture.ConnectAsync(transport, way);
        await device.DoAsync("listenToMessages", Ct, new JsonObject { ["settle"] = new JsonArray(way) });

        Assert.Contains(
            "does not support",
            (string)(await device.EventAsync("fault", Ct))["message"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Over_AMQP_a_token_is_renewed_in_place()
    {
        await fixture.MakeAsync("amqp-renew");
        await using var device = await fixture.StartAsync("amqp", await fixture.CredentialAsync("amqp-renew"));
        await device.DoAsync("renewEach", Ct, new JsonObject { ["seconds"] = 2 });
        await device.DoAsync("open", Ct);

        for (var second = 0; second < 8; second++)
        {
            await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = second } });
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        }

        Assert.False(device.HasSeen("disconnected"));
        Assert.Equal(7, (int)(await fixture.GetAsync("devices/amqp-renew/telemetry/t"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_token_made_elsewhere_is_used_and_changed_for_another(string transport)
    {
        var id = $"{transport}-token";
        await fixture.MakeAsync(id);
        await using var device = await fixture.StartAsync(transport, await fixture.TokenAsync(id, minutes: 10));
        await device.DoAsync("open", Ct);
        await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = 1 } });

        var token = await fixture.TokenAsync(id, minutes: 20);
        await device.DoAsync("updateSharedAccessSignature", Ct, new JsonObject { ["token"] = token });
        await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = 2 } });

        Assert.Equal(2, (int)(await fixture.GetAsync($"devices/{id}/telemetry/t"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_client_may_be_given_its_way_to_sign_in(string transport)
    {
        var id = $"{transport}-provider";
        await fixture.MakeAsync(id);
        await using var device = await fixture.StartAsync(transport, await fixture.CredentialAsync(id), "provider");

        await device.DoAsync("open", Ct);
        await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = 1 } });

        Assert.Equal(1, (int)(await fixture.GetAsync($"devices/{id}/telemetry/t"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task What_stays_in_the_program_changes_nothing(string transport)
    {
        await using var device = await fixture.ConnectAsync(transport, "local");

        foreach (var what in new[] { "setOptions", "setTransportOptions", "setRetryPolicy" })
            await device.DoAsync(what, Ct);
        await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = 1 } });

        Assert.Equal(1, (int)(await fixture.GetAsync($"devices/{transport}-local/telemetry/t"))["value"]!);
    }
}
