using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Doors;

/// <summary>What devices do by HTTPS (contract §3.2, §4).</summary>
public sealed class HttpsTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_stored_with_its_properties_when_it_is_answered()
    {
        using var device = await DeviceAsync("http-1");

        var answer = await device.SendAsync(
            HttpMethod.Post,
            "messages/events",
            """{"t":1}""",
            [
                ("IoTHub-MessageId", "m-1"),
                ("dt-subject", "thermostat1"),
                ("iothub-contenttype", "application/json"),
                ("iothub-app-Room", "A 1"),
            ]
        );

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var stored = Assert.Single(await _hub.StoredAsync("http-1"));
        Assert.Equal(("""{"t":1}""", "thermostat1"), (Encoding.UTF8.GetString(stored.Body), stored.Component));
        Assert.Equal(
            """{"system":{"message-id":"m-1","dt-subject":"thermostat1","content-type":"application/json"},"application":{"Room":"A 1"}}""",
            Sorted(stored.Properties!)
        );
    }

    [Fact]
    public async Task A_batch_is_stored_message_by_message()
    {
        using var device = await DeviceAsync("http-2");
        var first = Convert.ToBase64String("""{"t":1}"""u8);

        var answer = await device.SendAsync(
            HttpMethod.Post,
            "messages/events",
            $$"""[{"body":"{{first}}","properties":{"iothub-app-n":"1"} },{"body":"{\"t\":2}","base64Encoded":false}]""",
            type: "application/vnd.microsoft.iothub.json"
        );

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var stored = await _hub.StoredAsync("http-2");
        Assert.Equal(["""{"t":1}""", """{"t":2}"""], stored.Select(m => Encoding.UTF8.GetString(m.Body)));
        Assert.True(stored[0].Received < stored[1].Received);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""[{"body":1}]""")]
    [InlineData("""[{"body":"%%%"}]""")]
    [InlineData("""[{"properties":{}}]""")]
    public async Task What_is_no_batch_is_refused_and_nothing_is_stored(string body)
    {
        using var device = await DeviceAsync("http-3");

        var answer = await device.SendAsync(
            HttpMethod.Post,
            "messages/events",
            body,
            type: "application/vnd.microsoft.iothub.json"
        );

        await RefusedAsync(answer, HttpStatusCode.BadRequest, "ArgumentInvalid");
        Assert.Empty(await _hub.StoredAsync("http-3"));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        using var device = await DeviceAsync("http-4");

        var answer = await device.SendAsync(HttpMethod.Post, "messages/events", new string('x', 300_000));

        await RefusedAsync(answer, HttpStatusCode.RequestEntityTooLarge, "MessageTooLarge");
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_told_in_the_device_s_log()
    {
        await _hub.DeviceAsync("http-5");
        using var device = await DeviceAsync("http-5", keyOf: "http-5-other");

        var answer = await device.SendAsync(HttpMethod.Post, "messages/events", "{}");

        await RefusedAsync(answer, HttpStatusCode.Unauthorized, "IotHubUnauthorizedAccess");
        Assert.Equal("HTTPS", (await _hub.LineAsync("http-5", ConnectionCode.WrongKey)).Protocol);
    }

    [Fact]
    public async Task A_message_to_the_device_is_received_and_completed_refused_or_put_back_by_its_lock()
    {
        using var device = await DeviceAsync("http-6");
        await SendAsync("http-6", "first");
        await SendAsync("http-6", "second");

        var first = await device.SendAsync(HttpMethod.Get, "messages/deviceBound");
        Assert.Equal("first", await first.Content.ReadAsStringAsync(Ct));
        Assert.Equal("1", first.Headers.GetValues("iothub-deliverycount").Single());
        Assert.Equal("v w", first.Headers.GetValues("iothub-app-p").Single());
        await DoneAsync(device, HttpMethod.Post, $"messages/deviceBound/{LockOf(first)}/abandon");

        var again = await device.SendAsync(HttpMethod.Get, "messages/deviceBound");
        Assert.Equal("first", await again.Content.ReadAsStringAsync(Ct));
        await DoneAsync(device, HttpMethod.Delete, $"messages/deviceBound/{LockOf(again)}");
        var second = await device.SendAsync(HttpMethod.Get, "messages/deviceBound");
        await DoneAsync(device, HttpMethod.Delete, $"messages/deviceBound/{LockOf(second)}?reject");

        var none = await device.SendAsync(HttpMethod.Get, "messages/deviceBound");
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        var over = await device.SendAsync(HttpMethod.Delete, $"messages/deviceBound/{LockOf(first)}");
        await RefusedAsync(over, HttpStatusCode.PreconditionFailed, "DeviceMessageLockLost");
        var messages = await Messages.ListAsync(_hub.Caller, "http-6", null, 10, Ct);
        Assert.Equal([CloudOutcome.Rejected, CloudOutcome.Success], messages.Items.Select(m => m.Outcome!.Value));
    }

    [Fact]
    public async Task A_device_registers_and_asks_what_came_of_it()
    {
        var credentials = await _hub.DeviceAsync("http-7");
        var path = $"{credentials.IdScope}/registrations/http-7";
        using var http = Client(Sign.Dps(credentials.IdScope, "http-7", credentials.Keys.Primary).Password);

        using var registered = await http.PutAsJsonAsync(
            $"{path}/register?api-version=2019-03-31",
            new { registrationId = "http-7", payload = new { modelId = "dtmi:a:b;1" } },
            Ct
        );
        var state = JsonNode.Parse(await registered.Content.ReadAsStringAsync(Ct))!;
        using var asked = await http.GetAsync($"{path}/operations/{state["operationId"]}?api-version=2019-03-31", Ct);
        using var looked = await http.PostAsJsonAsync($"{path}?api-version=2019-03-31", new { }, Ct);

        Assert.Equal("assigned", (string)state["status"]!);
        Assert.Equal("hub.example.com", (string)state["registrationState"]!["assignedHub"]!);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        Assert.Equal("DPS over HTTPS", (await _hub.LineAsync("http-7", ConnectionCode.Provisioned)).Protocol);
    }

    [Theory]
    [InlineData("0ne00000000", 404, 404201)]
    [InlineData(null, 401, 401002)]
    public async Task Who_may_not_register_is_told_as_over_MQTT(string? idScope, int status, int code)
    {
        var credentials = await _hub.DeviceAsync("http-8");
        var scope = idScope ?? credentials.IdScope;
        var other = await _hub.DeviceAsync("http-8-other");
        using var http = Client(Sign.Dps(scope, "http-8", other.Keys.Primary).Password);

        using var answer = await http.PutAsJsonAsync($"{scope}/registrations/http-8/register", new { }, Ct);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["errorCode"]!);
    }

    private CloudMessages Messages => _hub.Services.GetRequiredService<CloudMessages>();

    private Task SendAsync(string deviceId, string body) =>
        Messages.SendAsync(
            _hub.Caller,
            deviceId,
            new NewCloudMessage
            {
                Body = Encoding.UTF8.GetBytes(body),
                Properties = new Dictionary<string, string?> { ["p"] = "v w" },
            },
            Ct
        );

    private static string LockOf(HttpResponseMessage message) => message.Headers.ETag!.Tag.Trim('"');

    private static async Task DoneAsync(HttpDevice device, HttpMethod method, string path)
    {
        using var answer = await device.SendAsync(method, path);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string word)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(word, answer.Headers.GetValues("iothub-errorcode").Single());
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
        Assert.StartsWith($"ErrorCode:{word};", (string)body["Message"]!, StringComparison.Ordinal);
    }

    /// <summary>System properties in the order of the headers, which HTTP does not keep.</summary>
    private static string Sorted(byte[] properties)
    {
        var json = JsonNode.Parse(properties)!.AsObject();
        string[] order = ["message-id", "dt-subject", "content-type"];
        var system = json["system"]!.AsObject();
        var sorted = new JsonObject(
            system
                .OrderBy(p => Array.IndexOf(order, p.Key))
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))
        );
        json["system"] = sorted;
        return json.ToJsonString();
    }

    private async Task<HttpDevice> DeviceAsync(string id, string? keyOf = null)
    {
        await _hub.DeviceAsync(id);
        var key = await _hub.DeviceAsync(keyOf ?? id);
        var token = Sign.Token($"127.0.0.1/devices/{id}", key.Keys.Primary);
        return new(Client(token), id);
    }

    private HttpClient Client(string token)
    {
#pragma warning disable MA0039 // whom it trusts is another test's business
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
#pragma warning restore MA0039
        var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_hub.HttpsPort}/") };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        return http;
    }

    private sealed class HttpDevice(HttpClient http, string id) : IDisposable
    {
        public async Task<HttpResponseMessage> SendAsync(
            HttpMethod method,
            string path,
            string? body = null,
            IReadOnlyList<(string Name, string Value)>? headers = null,
            string type = "application/octet-stream"
        )
        {
            var version = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
            using var request = new HttpRequestMessage(
                method,
                new Uri($"devices/{id}/{path}{version}api-version=2021-04-12", UriKind.Relative)
            );
            if (body is not null)
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            }

            foreach (var (name, value) in headers ?? [])
                request.Headers.TryAddWithoutValidation(name, value);
            return await http.SendAsync(request, Ct);
        }

        public void Dispose() => http.Dispose();
    }
}
