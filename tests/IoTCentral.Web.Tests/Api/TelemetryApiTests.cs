using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class TelemetryApiTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("telemetry/temperature", "21.5")]
    [InlineData("telemetry/state", "\"open\"")]
    [InlineData("telemetry/isDefrosting", "true")]
    [InlineData("telemetry/vibration", """{"x":1,"y":2}""")]
    [InlineData("components/door/telemetry/angle", "45")]
    public async Task The_last_value_of_a_telemetry_is_told_with_its_time(string path, string value)
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/f1", "{}");
        await SendAsync(
            api,
            "",
            """{"temperature":21.5,"state":"open","isDefrosting":true,"vibration":{"x":1,"y":2}}"""
        );
        await SendAsync(api, "door", """{"angle":45}""");

        var answer = await api.GetAsync($"devices/f1/{path}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value), answer["value"]), answer.Body!.ToJsonString());
        Assert.Equal(site.Time.GetUtcNow(), (DateTimeOffset)answer["timestamp"], TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task What_was_never_sent_is_not_found()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/f1", "{}");

        var answer = await api.GetAsync("devices/f1/telemetry/temperature");

        Assert.Equal((HttpStatusCode.NotFound, "telemetry.no-value"), (answer.Status, answer.Reason));
    }

    private async Task SendAsync(ApiClient api, string component, string json)
    {
        var now = site.Time.GetUtcNow();
        await site.EnsurePartitionAsync(now, Ct);
        var devices = site.Services.GetRequiredService<IDeviceStore>();
        var device = (await devices.FindAsync(api.Application.TenantId, "f1", Ct))!;
        var message = new DeviceMessage
        {
            Tenant = api.Application.TenantId,
            DeviceKey = device.Key,
            DeviceId = "f1",
            Received = now,
            MessageTime = now,
            Component = component,
            Body = Encoding.UTF8.GetBytes(json),
        };
        await site.Services.GetRequiredService<IMessageLog>().AppendAsync([message], Ct);
    }
}
