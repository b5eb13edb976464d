using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>A server with an application, and its REST API.</summary>
public sealed class SdkServer : IAsyncLifetime
{
    public ServerProcess Server { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync([], CancellationToken.None);
        await Server.CommandAsync(["app", "create", "--name", "Sdk", "--id", "sdk"], CancellationToken.None);
        var token = await Server.CommandAsync(
            ["token", "--app", "sdk", "--role", "Administrator"],
            CancellationToken.None
        );
        Http = new HttpClient { BaseAddress = new Uri($"{Server.Ready.Web}/api/") };
        Http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>
/// Microsoft's device SDK for Node over each of its transports that the hub speaks, against the running program. The
/// WebSocket of the SDKs goes to port 443 alone, which only some users may open.
/// </summary>
public sealed class NodeSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Those that have twins and methods.</summary>
    public static TheoryData<string> Transports => ["mqtt", "mqtt-ws", "amqp", "amqp-ws"];

    /// <summary>Those by which a message can be refused or put back.</summary>
    public static TheoryData<string> SettlingTransports => ["amqp", "amqp-ws", "http"];

    public static TheoryData<string> AllTransports => ["mqtt", "mqtt-ws", "amqp", "amqp-ws", "http"];

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task Telemetry_is_stored_with_its_properties(string transport)
    {
        await using var device = await ConnectAsync(transport, "telemetry");

        await device.DoAsync(
            "sendEvent",
            Ct,
            JsonNode
                .Parse("""{"body":{"t":1.5},"properties":{"odd-key":"a b&c"},"system":{"messageId":"m1"}}""")!
                .AsObject()
        );
        await device.DoAsync("sendEvent", Ct, JsonNode.Parse("""{"body":{"t":2.5,"h":60}}""")!.AsObject());
        await device.DoAsync("close", Ct);

        Assert.Equal(2.5, (double)(await GetAsync($"devices/{transport}-telemetry/telemetry/t"))["value"]!);
        Assert.Equal(60, (double)(await GetAsync($"devices/{transport}-telemetry/telemetry/h"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_twin_is_read_reported_to_and_pushed(string transport)
    {
        await MakeAsync($"{transport}-twin", Template);
        await using var device = await ConnectAsync(transport, "twin");

        var twin = await device.DoAsync("getTwin", Ct);
        Assert.Equal(1, (int)twin["result"]!["desired"]!["$version"]!);
        await device.DoAsync("report", Ct, JsonNode.Parse("""{"patch":{"firmware":"1.2.3"}}""")!.AsObject());
        await device.DoAsync("listenToDesired", Ct);
        Assert.Equal(1, (int)(await device.EventAsync("desired", Ct))["patch"]!["$version"]!); // as it is, at once
        await SendAsync(HttpMethod.Patch, $"devices/{transport}-twin/properties", """{"interval":30}""");

        var pushed = await device.EventAsync("desired", Ct);
        Assert.Equal(30, (int)pushed["patch"]!["interval"]!);
        Assert.Equal("1.2.3", (string)(await GetAsync($"devices/{transport}-twin/properties"))["firmware"]!);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_command_is_answered(string transport)
    {
        await using var device = await ConnectAsync(transport, "method");
        await device.DoAsync(
            "listenToMethod",
            Ct,
            JsonNode.Parse("""{"name":"reboot","status":202,"payload":{"in":"5 s"}}""")!.AsObject()
        );

        var answer = await SendAsync(
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
        await using var device = await ConnectAsync("http", "batch");

        await device.DoAsync(
            "sendEventBatch",
            Ct,
            JsonNode.Parse("""{"messages":[{"body":{"t":2.5},"properties":{"a":"b"}},{"body":{"h":60}}]}""")!.AsObject()
        );

        Assert.Equal(2.5, (double)(await GetAsync("devices/http-batch/telemetry/t"))["value"]!);
        Assert.Equal(60, (double)(await GetAsync("devices/http-batch/telemetry/h"))["value"]!);
    }

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task A_device_registers_with_its_own_key_and_not_with_another(string transport)
    {
        var id = $"{transport}-dps";
        await MakeAsync(id);
        var credentials = await GetAsync($"devices/{id}/credentials");
        var (scope, key) = ((string)credentials["idScope"]!, (string)credentials["symmetricKey"]!["primaryKey"]!);

        var assigned = await RegisterAsync(transport, scope, id, key);
        var refused = await RegisterAsync(transport, scope, id, Convert.ToBase64String(new byte[32]));

        Assert.Equal(
            (fixture.Server.Address, id, "assigned"),
            ((string)assigned["assignedHub"]!, (string)assigned["deviceId"]!, (string)assigned["status"]!)
        );
        Assert.NotNull(refused["error"]); // over MQTT the SDK tells no more than that
    }

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task A_command_that_waited_offline_comes_as_a_message_and_is_completed(string transport)
    {
        var id = $"{transport}-offline";
        await MakeAsync(id, Template);
        await SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await ConnectAsync(transport, "offline");
        await device.DoAsync("listenToMessages", Ct);

        var message = await device.EventAsync("message", Ct);
        // over HTTPS the SDK gives properties by the names of their headers
        var name = transport == "http" ? "iothub-app-method-name" : "method-name";
        Assert.Equal(("wake", "\"now\""), ((string)message["properties"]![name]!, (string)message["body"]!));
        Assert.Equal((string)message["id"]!, (string)(await device.EventAsync("settled", Ct))["id"]!);
    }

    [Theory]
    [MemberData(nameof(SettlingTransports))]
    public async Task A_message_is_refused_or_put_back(string transport)
    {
        var id = $"{transport}-settle";
        await MakeAsync(id, Template);
        await SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await ConnectAsync(transport, "settle");
        await device.DoAsync("listenToMessages", Ct, JsonNode.Parse("""{"settle":["abandon","reject"]}""")!.AsObject());

        var (first, second) = (await device.EventAsync("message", Ct), await device.EventAsync("message", Ct));
        Assert.Equal((string)first["id"]!, (string)second["id"]!);
        Assert.Equal("abandon", (string)(await device.EventAsync("settled", Ct))["way"]!);
        Assert.Equal("reject", (string)(await device.EventAsync("settled", Ct))["way"]!);
    }

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task Files_are_uploaded_byte_for_byte(string transport)
    {
        SkipWhereItIsOutOfReach("http"); // whatever its transport, a file goes by HTTPS
        await using var device = await ConnectAsync(transport, "files");
        // one block, and two of the SDK's 4 MB with a shorter one behind
        foreach (var (name, size) in new[] { ("logs/boot 1.log", 11), ("video (1) &+/big.bin", 9_000_001) })
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            var file = Path.Combine(TestRun.NewFolder("upload"), "file");
            await File.WriteAllBytesAsync(file, bytes, Ct);

            await device.DoAsync("uploadToBlob", Ct, new JsonObject { ["name"] = name, ["file"] = file });

            var listed = (await GetAsync($"devices/{transport}-files/files"))["value"]!.AsArray()[0]!;
            Assert.Equal(
                (name, size, true),
                ((string)listed["name"]!, (int)listed["size"]!, (bool)listed["confirmed"]!)
            );
            var path = $"devices/{transport}-files/files/{listed["id"]}/content";
            Assert.Equal(bytes, await fixture.Http.GetByteArrayAsync(Address(path), Ct));
        }
    }

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task A_device_asks_where_to_upload_to_and_says_how_it_went(string transport)
    {
        SkipWhereItIsOutOfReach("http");
        await using var device = await ConnectAsync(transport, "blob");

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

        var file = Assert.Single((await GetAsync($"devices/{transport}-blob/files"))["value"]!.AsArray())!;
        Assert.False((bool)file["confirmed"]!);
        Assert.Equal("failed", (string)twice["event"]!);
    }

    [Theory]
    [InlineData("mqtt", "sendEventBatch")]
    [InlineData("mqtt-ws", "sendEventBatch")]
    [InlineData("amqp", "sendEventBatch")]
    [InlineData("amqp-ws", "sendEventBatch")]
    [InlineData("http", "getTwin")]
    public async Task What_the_SDK_does_not_do_over_a_transport_it_says_itself(string transport, string operation)
    {
        await using var device = await ConnectAsync(transport, "refuses");

        var told = new JsonObject { ["do"] = operation, ["messages"] = new JsonArray() };
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
        await MakeAsync(id, Template);
        await SendAsync(HttpMethod.Post, $"devices/{id}/commands/wake", """{"request":"now"}""");

        await using var device = await ConnectAsync(transport, way);
        await device.DoAsync("listenToMessages", Ct, new JsonObject { ["settle"] = new JsonArray(way) });

        Assert.Contains(
            "does not support",
            (string)(await device.EventAsync("fault", Ct))["message"]!,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(AllTransports))]
    public async Task A_wrong_key_is_refused(string transport)
    {
        await MakeAsync($"{transport}-wrong");
        var key = Convert.ToBase64String(new byte[32]);

        await using var device = await StartAsync(transport, $"{transport}-wrong", key);
        await device.TryAsync(new JsonObject { ["do"] = "open" }, Ct); // over HTTPS this is nothing yet
        var answer = await device.TryAsync(new JsonObject { ["do"] = "sendEvent", ["body"] = 1 }, Ct);

        Assert.Equal(("failed", "UnauthorizedError"), ((string)answer["event"]!, (string)answer["name"]!));
    }

    [Fact]
    public async Task Over_AMQP_a_token_is_renewed_in_place()
    {
        await MakeAsync("amqp-renew");
        var credentials = await GetAsync("devices/amqp-renew/credentials");
        await using var device = await StartAsync(
            "amqp",
            "amqp-renew",
            (string)credentials["symmetricKey"]!["primaryKey"]!
        );
        await device.DoAsync("renewEach", Ct, new JsonObject { ["seconds"] = 2 });
        await device.DoAsync("open", Ct);

        for (var second = 0; second < 8; second++)
        {
            await device.DoAsync("sendEvent", Ct, new JsonObject { ["body"] = new JsonObject { ["t"] = second } });
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        }

        Assert.False(device.HasSeen("disconnected"));
        Assert.Equal(7, (int)(await GetAsync("devices/amqp-renew/telemetry/t"))["value"]!);
    }

    private const string TemplateId = "dtmi:sdk:templates:sleeper;1";

    private const string Template = """
        {
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "displayName": "Sleeper",
          "capabilityModel": {
            "@id": "dtmi:sdk:Sleeper;1",
            "@type": "Interface",
            "contents": [
              { "@type": "Property", "name": "interval", "schema": "integer", "writable": true },
              { "@type": "Command", "name": "wake", "durable": true, "request": { "name": "when", "schema": "string" } }
            ]
          }
        }
        """;

    private async Task<SdkDevice> ConnectAsync(string transport, string what)
    {
        var id = $"{transport}-{what}";
        await MakeAsync(id);
        var credentials = await GetAsync($"devices/{id}/credentials");
        var device = await StartAsync(transport, id, (string)credentials["symmetricKey"]!["primaryKey"]!);
        await device.DoAsync("open", Ct);
        return device;
    }

    private async Task<SdkDevice> StartAsync(string transport, string id, string key)
    {
        SkipWhereItIsOutOfReach(transport);
        var host = fixture.Server.Address;
        return await SdkDevice.StartAsync(
            fixture.Server,
            transport,
            $"HostName={host};DeviceId={id};SharedAccessKey={key}",
            Ct
        );
    }

    private async Task<JsonNode> RegisterAsync(string transport, string scope, string id, string key)
    {
        SkipWhereItIsOutOfReach(transport);
        var start = new ProcessStartInfo("node", ["register.mjs", transport, fixture.Server.Address, scope, id, key])
        {
            WorkingDirectory = await DeviceClients.FolderAsync(Ct),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = fixture.Server.Ready.Ca;
        using var process = Process.Start(start)!;
        TestRun.Note(process);
        var line = await process.StandardOutput.ReadLineAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return JsonNode.Parse(line!)!;
    }

    private void SkipWhereItIsOutOfReach(string transport)
    {
        var isPort443 = fixture.Server.Ready.Https?.EndsWith(":443", StringComparison.Ordinal) == true;
        Assert.SkipWhen(transport is not ("mqtt" or "amqp") && !isPort443, "Port 443 may not be opened by this user.");
    }

    /// <summary>Makes the device, unless it is there.</summary>
    private async Task MakeAsync(string id, string? template = null)
    {
        if (template is not null)
            await SendAsync(HttpMethod.Put, $"deviceTemplates/{TemplateId}", template);
        using var known = await fixture.Http.GetAsync(Address($"devices/{id}"), Ct);
        if (known.StatusCode == HttpStatusCode.NotFound)
            await SendAsync(
                HttpMethod.Put,
                $"devices/{id}",
                template is null ? "{}" : $$"""{"template":"{{TemplateId}}"}"""
            );
    }

    private async Task<JsonNode> GetAsync(string path) =>
        (await fixture.Http.GetFromJsonAsync<JsonNode>(Address(path), Ct))!;

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, Address(path))
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        using var answer = await fixture.Http.SendAsync(request, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }

    private static Uri Address(string path) => new($"{path}?api-version=2022-07-31", UriKind.Relative);
}
