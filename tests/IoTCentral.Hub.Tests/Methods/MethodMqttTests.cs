using System.Text;
using IoTCentral.Core.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Methods;

/// <summary>Direct methods over MQTT, as the contract's §2.6 has them.</summary>
public sealed class MethodMqttTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Methods = "$iothub/methods/POST/#";

    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_method_goes_to_the_device_and_its_answer_comes_back(int qos)
    {
        await using var device = await ListeningAsync("method-1", qos);

        var call = CallAsync("method-1", new("thermostat1*report", """{"since":"x"}"""u8.ToArray()));
        var request = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"$iothub/methods/res/203/?$rid={IdOf(request)}", """{"max":5}""", packetId: qos * 9);
        var answer = await call;

        Assert.Matches(@"^\$iothub/methods/POST/thermostat1\*report/\?\$rid=[0-9a-f]+$", request.Topic);
        Assert.Equal(("""{"since":"x"}""", qos), (request.Payload, request.Qos));
        Assert.Equal((MethodOutcome.Answered, 203), (answer.Outcome, answer.Status));
        Assert.Equal("""{"max":5}""", Encoding.UTF8.GetString(answer.Payload.Span));
        if (qos == 1)
            Assert.Equal(9, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task Answers_find_their_calls_in_any_order()
    {
        await using var device = await ListeningAsync("method-2");
        var calls = Enumerable.Range(0, 20).Select(i => CallAsync("method-2", Named($"m{i}"))).ToList();
        var requests = new List<Packet>();
        foreach (var _ in calls)
            requests.Add(await device.ReadAsync(MqttClient.Publish));

        foreach (var request in requests.AsEnumerable().Reverse())
        {
            var name = request.Topic.Split('/')[3];
            await device.PublishAsync($"$iothub/methods/res/200/?$rid={IdOf(request)}", $"\"{name}\"");
        }

        for (var i = 0; i < calls.Count; i++)
            Assert.Equal($"\"m{i}\"", Encoding.UTF8.GetString((await calls[i]).Payload.Span));
    }

    [Fact]
    public async Task A_device_that_is_away_or_does_not_listen_is_told_from_one_that_is_silent()
    {
        await _hub.DeviceAsync("method-3");
        Assert.Equal(MethodOutcome.NotConnected, (await CallAsync("method-3", Named("m"))).Outcome);

        await using var device = await _hub.ConnectAsync("method-3");
        Assert.Equal(MethodOutcome.NotListening, (await CallAsync("method-3", Named("m"))).Outcome);

        await device.SubscribeAsync(1, (Methods, 0));
        var silent = await CallAsync("method-3", Named("m") with { ResponseTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(MethodOutcome.TimedOut, silent.Outcome);
    }

    [Fact]
    public async Task An_answer_nobody_waits_for_disturbs_nothing()
    {
        await using var device = await ListeningAsync("method-4");

        await device.PublishAsync("$iothub/methods/res/200/?$rid=ffff", "{}", packetId: 3);
        await device.PublishAsync("$iothub/methods/res/200/?$rid=not-ours", "{}", packetId: 4);

        Assert.Equal(3, (await device.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(4, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task An_answer_that_is_none_closes_the_connection_with_its_reason()
    {
        await using var device = await ListeningAsync("method-5");

        await device.PublishAsync("$iothub/methods/res/fine/?$rid=1", "{}");

        await device.ClosedAsync();
        await _hub.LineAsync("method-5", ConnectionCode.BadTopic);
    }

    [Fact]
    public async Task Who_waits_for_a_device_reaches_it_as_soon_as_it_listens()
    {
        await _hub.DeviceAsync("method-6");
        var call = CallAsync("method-6", Named("m") with { ConnectTimeout = TimeSpan.FromSeconds(20) });

        await using var device = await ListeningAsync("method-6");
        var request = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"$iothub/methods/res/200/?$rid={IdOf(request)}", "");

        Assert.Equal(MethodOutcome.Answered, (await call).Outcome);
    }

    [Fact]
    public async Task Who_waits_gives_up_when_the_device_does_not_come()
    {
        await _hub.DeviceAsync("method-7");

        var answer = await CallAsync("method-7", Named("m") with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(MethodOutcome.NotConnected, answer.Outcome);
    }

    [Fact]
    public async Task A_connection_that_ends_ends_the_calls_on_it()
    {
        var device = await ListeningAsync("method-8");
        var call = CallAsync("method-8", Named("m"));
        await device.ReadAsync(MqttClient.Publish);

        await device.DisposeAsync();

        Assert.Equal(MethodOutcome.Disconnected, (await call).Outcome);
    }

    [Fact]
    public async Task A_kept_session_listens_from_the_moment_it_is_back()
    {
        var credentials = await _hub.DeviceAsync("method-9");
        await using (var first = await _hub.ConnectAsync(credentials, isClean: false))
        {
            await first.SubscribeAsync(1, (Methods, 0));
            await first.DisconnectAsync();
            await _hub.LineAsync("method-9", ConnectionCode.Disconnected);
        }

        var call = CallAsync("method-9", Named("m") with { ConnectTimeout = TimeSpan.FromSeconds(20) });

        await using var device = await _hub.ConnectAsync(credentials, isClean: false);
        var request = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync($"$iothub/methods/res/200/?$rid={IdOf(request)}", "");

        Assert.Equal(MethodOutcome.Answered, (await call).Outcome);
    }

    private static MethodCall Named(string name) => new(name, default);

    private static string IdOf(Packet request) => request.Topic.Split("$rid=")[1];

    private async Task<MqttClient> ListeningAsync(string id, int qos = 0)
    {
        var device = await _hub.ConnectAsync(id);
        await device.SubscribeAsync(1, (Methods, qos));
        return device;
    }

    private async Task<MethodAnswer> CallAsync(string deviceId, MethodCall call)
    {
        var device = await _hub.Devices.GetAsync(_hub.Caller, deviceId, Ct);
        return await _hub
            .Services.GetRequiredService<IDeviceLink>()
            .CallAsync(_hub.Application.TenantId, device.Key, call, Ct);
    }
}
