using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class CommandApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Template = """
        {
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "displayName": "Pump",
          "capabilityModel": {
            "@id": "dtmi:shop:Pump;1",
            "@type": "Interface",
            "contents": [
              { "@type": "Command", "name": "stop" },
              { "@type": "Command", "name": "run", "request": { "name": "seconds", "schema": "integer" } },
              { "@type": "Command", "name": "wake", "durable": true, "request": { "name": "text", "schema": "string" } },
              {
                "@type": "Component",
                "name": "valve",
                "schema": {
                  "@id": "dtmi:shop:Valve;1",
                  "@type": "Interface",
                  "contents": [{ "@type": "Command", "name": "open" }]
                }
              },
              {
                "@type": "Component",
                "name": "migration",
                "schema": {
                  "@id": "dtmi:azureiot:DeviceMigration;1",
                  "@type": "Interface",
                  "contents": [
                    { "@type": "Command", "name": "DeviceMove", "request": { "name": "idScope", "schema": "string" } }
                  ]
                }
              }
            ]
          }
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("commands/run", """{"request":30}""", "run", "30")]
    [InlineData("commands/stop", "{}", "stop", "null")]
    [InlineData("components/valve/commands/open", "{}", "valve*open", "null")]
    [InlineData(
        "components/migration/commands/DeviceMove",
        """{"request":"0neAB"}""",
        "migration*DeviceMove",
        "\"0neAB\""
    )]
    public async Task A_command_runs_and_is_kept_with_its_answer(
        string path,
        string body,
        string method,
        string payload
    )
    {
        using var api = await PumpAsync();
        MethodCall? called = null;
        site.Link.Answer = call =>
        {
            called = call;
            return new(MethodOutcome.Answered, 203, """{"done":true}"""u8.ToArray());
        };

        var answer = await api.PostAsync($"devices/p1/{path}", body);
        var history = await api.GetAsync($"devices/p1/{path}");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal((method, payload), (called!.Name, Encoding.UTF8.GetString(called.Payload.Span)));
        Assert.Equal((203, true), ((int)answer["responseCode"], (bool)answer["response"]["done"]!));
        var kept = Assert.Single(history["value"].AsArray())!;
        Assert.True(JsonNode.DeepEquals(answer.Body, kept), kept.ToJsonString());
    }

    [Theory]
    [InlineData("commands/run", """{"request":"soon"}""", "request")]
    [InlineData("commands/run", "{}", "request")]
    [InlineData("commands/stop", """{"request":1}""", "request")]
    [InlineData("commands/stop", """{"responseTimeout":90}""", "responseTimeout")]
    [InlineData("commands/stop", """{"connectionTimeout":-1}""", "connectionTimeout")]
    public async Task What_does_not_fit_the_template_is_never_sent(string path, string body, string target)
    {
        using var api = await PumpAsync();
        site.Link.Answer = _ => throw new InvalidOperationException("It was sent.");

        var answer = await api.PostAsync($"devices/p1/{path}", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "command.invalid"), (answer.Status, answer.Reason));
        Assert.Equal([target], answer.Targets);
    }

    [Theory]
    [InlineData(MethodOutcome.NotConnected, HttpStatusCode.NotFound, "command.not-connected")]
    [InlineData(MethodOutcome.NotListening, HttpStatusCode.NotFound, "command.not-listening")]
    [InlineData(MethodOutcome.TimedOut, HttpStatusCode.GatewayTimeout, "command.timed-out")]
    [InlineData(MethodOutcome.Disconnected, HttpStatusCode.GatewayTimeout, "command.disconnected")]
    public async Task A_device_that_does_not_answer_is_told_so_and_the_call_is_kept(
        MethodOutcome outcome,
        HttpStatusCode status,
        string reason
    )
    {
        using var api = await PumpAsync();
        site.Link.Answer = _ => MethodAnswer.Without(outcome);

        var answer = await api.PostAsync("devices/p1/commands/stop", "{}");

        Assert.Equal((status, reason), (answer.Status, answer.Reason));
        Assert.Single((await api.GetAsync("devices/p1/commands/stop"))["value"].AsArray());
    }

    [Fact]
    public async Task A_command_that_may_wait_goes_into_the_queue_of_its_device()
    {
        using var api = await PumpAsync();

        var answer = await api.PostAsync("devices/p1/commands/wake", """{"request":"now"}""");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Null(answer.Body!["responseCode"]);
        var device = await site
            .Services.GetRequiredService<IDeviceStore>()
            .FindAsync(api.Application.TenantId, "p1", Ct);
        var queue = await site
            .Services.GetRequiredService<ICloudMessageStore>()
            .ListAsync(api.Application.TenantId, device!.Key, null, 10, Ct);
        var message = Assert.Single(queue.Items);
        Assert.Equal("wake", message.Properties["method-name"]);
        Assert.Equal("\"now\"", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(TimeSpan.FromHours(24), message.TimeToLive);
    }

    [Fact]
    public async Task A_device_without_a_template_may_be_called_by_any_name()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/p1", "{}");
        site.Link.Answer = _ => new(MethodOutcome.Answered, 200, "no json"u8.ToArray());

        var answer = await api.PostAsync("devices/p1/commands/blink", """{"request":{"times":3}}""");

        Assert.Equal("no json", (string)answer["response"]!);
    }

    [Fact]
    public async Task A_command_that_its_template_does_not_have_is_not_found()
    {
        using var api = await PumpAsync();

        var answer = await api.PostAsync("devices/p1/commands/fly", "{}");

        Assert.Equal((HttpStatusCode.NotFound, "command.unknown"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task History_goes_page_by_page_newest_first()
    {
        using var api = await PumpAsync();
        var number = 0;
        site.Link.Answer = _ => new(MethodOutcome.Answered, 200 + number++, default);
        for (var i = 0; i < 3; i++)
        {
            await api.PostAsync("devices/p1/commands/stop", "{}");
            site.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await api.GetAsync("devices/p1/commands/stop?maxpagesize=2");
        var second = await api.GetAsync((string)first["nextLink"]!);

        Assert.Equal([202, 201], first["value"].AsArray().Select(c => (int)c!["responseCode"]!));
        Assert.Equal([200], second["value"].AsArray().Select(c => (int)c!["responseCode"]!));
    }

    [Fact]
    public async Task The_history_carries_how_a_command_ended_that_was_accepted()
    {
        using var api = await PumpAsync();
        site.Link.Answer = _ => new(MethodOutcome.Answered, 202, default);
        await api.PostAsync("devices/p1/components/valve/commands/open", "{}");
        site.Time.Advance(TimeSpan.FromSeconds(1));
        await ReportAsync(api, """{"valve":{"__t":"c","open":{"value":"wide open"}}}""");
        site.Time.Advance(TimeSpan.FromSeconds(1));
        await api.PostAsync("devices/p1/components/valve/commands/open", "{}");

        var newest = await api.GetAsync("devices/p1/components/valve/commands/open?maxpagesize=1");
        var older = await api.GetAsync((string)newest["nextLink"]!);

        Assert.Equal(202, (int)newest["value"][0]!["responseCode"]!);
        var ended = older["value"][0]!;
        Assert.Equal((200, "wide open"), ((int)ended["responseCode"]!, (string?)ended["response"]));
    }

    private async Task ReportAsync(ApiClient api, string json)
    {
        var tenant = api.Application.TenantId;
        var device = await site.Services.GetRequiredService<IDeviceStore>().FindAsync(tenant, "p1", Ct);
        var twins = site.Services.GetRequiredService<DeviceTwins>();
        await twins.ReportAsync(tenant, device!.Key, Encoding.UTF8.GetBytes(json), null, Ct);
    }

    private async Task<ApiClient> PumpAsync()
    {
        var api = await ApiClient.OfAsync(site);
        var template = await api.PutAsync("deviceTemplates/dtmi:shop:templates:pump;1", Template);
        Assert.Equal(HttpStatusCode.OK, template.Status);
        await api.PutAsync("devices/p1", """{"template":"dtmi:shop:templates:pump;1"}""");
        return api;
    }
}
