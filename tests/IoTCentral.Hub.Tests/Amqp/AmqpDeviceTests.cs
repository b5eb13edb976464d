using System.Text;
using System.Text.Json.Nodes;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What goes to devices over AMQP, as the contract's §5 has it: messages, methods, twins.</summary>
public sealed class AmqpDeviceTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_comes_with_its_properties_and_accepting_completes_it()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-1");
        var sent = await SendAsync(
            "to-1",
            "on",
            m =>
                m with
                {
                    MessageId = "m-1",
                    CorrelationId = "c-1",
                    UserId = "anna",
                    ContentType = "text/plain",
                    Ack = CloudAck.Full,
                    Properties = new Dictionary<string, string?> { ["odd key/ä"] = "a b", ["bare"] = null },
                }
        );

        var link = await device.ReceiverAsync("/devices/to-1/messages/deviceBound");
        var message = await AmqpClient.ReadAsync(link);
        link.Accept(message);

        Assert.Equal("on", AmqpClient.TextOf(message));
        Assert.Equal(("m-1", "c-1"), (message.Properties.MessageId, message.Properties.CorrelationId));
        Assert.Equal("anna", Encoding.UTF8.GetString(message.Properties.UserId));
        Assert.Equal("/devices/to-1/messages/deviceBound", message.Properties.To);
        Assert.Equal("text/plain", message.Properties.ContentType.ToString());
        Assert.Equal(sent.Expires.UtcDateTime, message.Properties.AbsoluteExpiryTime, TimeSpan.FromMilliseconds(1));
        Assert.Equal("full", message.ApplicationProperties["iothub-ack"]);
        Assert.Equal("a b", message.ApplicationProperties["odd key/ä"]);
        Assert.Equal(new Guid(message.DeliveryTag), message.MessageAnnotations[new Symbol("x-opt-lock-token")]);
        Assert.Equal(sent.Sequence, message.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        await EndedAsync("to-1", CloudOutcome.Success, 1);
    }

    [Fact]
    public async Task A_refused_message_is_over_and_one_that_was_released_or_modified_comes_again()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-2");
        var link = await device.ReceiverAsync("/devices/to-2/messages/devicebound");
        await SendAsync("to-2", "on");

        var first = await AmqpClient.ReadAsync(link);
        link.Release(first);
        var second = await AmqpClient.ReadAsync(link);
        link.Modify(second, deliveryFailed: true);
        var third = await AmqpClient.ReadAsync(link);
        link.Reject(third);

        await EndedAsync("to-2", CloudOutcome.Rejected, 1);
        Assert.Equal("on", AmqpClient.TextOf(third));
        Assert.Equal(3u, third.MessageAnnotations[new Symbol("iothub-deliverycount")]);
    }

    [Fact]
    public async Task Messages_come_as_far_as_the_credit_goes_and_in_order()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-3");
        for (var i = 0; i < 25; i++)
            await SendAsync("to-3", $"m{i}");

        var link = await device.ReceiverAsync("/devices/to-3/messages/devicebound", credit: 3);
        for (var i = 0; i < 25; i++)
        {
            var message = await AmqpClient.ReadAsync(link);
            Assert.Equal($"m{i}", AmqpClient.TextOf(message));
            link.Accept(message);
        }

        await EndedAsync("to-3", CloudOutcome.Success, 25);
    }

    [Fact]
    public async Task What_a_link_had_in_hand_goes_back_when_it_is_detached()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-4");
        await SendAsync("to-4", "on");
        var link = await device.ReceiverAsync("/devices/to-4/messages/devicebound");
        await AmqpClient.ReadAsync(link);

        await link.CloseAsync();
        var again = await device.ReceiverAsync("/devices/to-4/messages/devicebound");

        Assert.Equal("on", AmqpClient.TextOf(await AmqpClient.ReadAsync(again)));
    }

    [Fact]
    public async Task A_message_of_many_frames_arrives_whole()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-5");
        var body = string.Concat(Enumerable.Range(0, 60 * 1024).Select(i => (char)('a' + i % 26)));
        await SendAsync(
            "to-5",
            body,
            m => m with { Properties = new Dictionary<string, string?> { ["k"] = new string('v', 3000) } }
        );

        var link = await device.ReceiverAsync("/devices/to-5/messages/devicebound");

        Assert.Equal(body, AmqpClient.TextOf(await AmqpClient.ReadAsync(link)));
    }

    [Fact]
    public async Task A_method_goes_out_and_its_answer_comes_back()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-6");
        var answers = await device.SenderAsync("/devices/to-6/methods/devicebound");
        var calls = await device.ReceiverAsync("/devices/to-6/methods/deviceBound");

        var call = CallAsync("to-6", new MethodCall("reboot", """{"in":5}"""u8.ToArray()));
        var request = await AmqpClient.ReadAsync(calls);
        var name = Assert.IsType<Guid>(request.Properties.GetCorrelationId());
        await AnswerAsync(answers, Guid.Empty, 500); // nobody's
        await AnswerAsync(answers, name, 203);
        var answer = await call;

        Assert.Equal(
            ("reboot", """{"in":5}"""),
            (request.ApplicationProperties["IoThub-methodname"], AmqpClient.TextOf(request))
        );
        Assert.Equal((MethodOutcome.Answered, 203), (answer.Outcome, answer.Status));
        Assert.Equal("{}", Encoding.UTF8.GetString(answer.Payload.Span));
    }

    [Fact]
    public async Task A_connection_that_ends_ends_the_calls_on_it()
    {
        var device = await AmqpClient.ConnectAsync(_hub, "to-7");
        var calls = await device.ReceiverAsync("/devices/to-7/methods/devicebound");
        var call = CallAsync("to-7", new MethodCall("reboot", default));
        await AmqpClient.ReadAsync(calls);

        await device.DisposeAsync();

        Assert.Equal(MethodOutcome.Disconnected, (await call).Outcome);
    }

    [Fact]
    public async Task The_twin_is_read_reported_to_and_pushed_after_a_subscription()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "to-8");
        var asks = await device.SenderAsync("/devices/to-8/twin");
        var answers = await device.ReceiverAsync("/devices/to-8/twin");

        await PushAsync("to-8", """{"interval":10}"""); // not subscribed yet
        var (status, _, twin) = await AskAsync(asks, answers, "GET", null, " ");
        Assert.Equal((200, """{"desired":{"interval":10,"$version":2},"reported":{"$version":1}}"""), (status, twin));

        (status, var version, _) = await AskAsync(asks, answers, "PATCH", "/properties/reported", """{"a":1}""");
        Assert.Equal((204, 2L), (status, version));
        (status, _, var error) = await AskAsync(asks, answers, "PATCH", "/properties/reported", "no json");
        Assert.Equal((400, 400004), (status, (int)JsonNode.Parse(error)!["errorCode"]!));

        (status, _, _) = await AskAsync(asks, answers, "PUT", "/notifications/twin/properties/desired", "");
        Assert.Equal(200, status);
        await PushAsync("to-8", """{"interval":20}""");
        var pushed = await AmqpClient.ReadAsync(answers);
        Assert.Null(pushed.Properties?.CorrelationId);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""{"interval":20,"$version":3}"""),
                JsonNode.Parse(AmqpClient.TextOf(pushed))
            )
        );

        await AskAsync(asks, answers, "DELETE", "/notifications/twin/properties/desired", "");
        await PushAsync("to-8", """{"interval":30}""");
        (_, _, twin) = await AskAsync(asks, answers, "GET", null, " ");
        Assert.Contains("\"interval\":30", twin, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(SenderLink answers, Guid name, int status) =>
        AmqpClient.SendAsync(
            answers,
            "{}",
            m =>
            {
                m.Properties = new Properties();
                m.Properties.SetCorrelationId(name);
                m.ApplicationProperties = new ApplicationProperties { ["IoThub-status"] = status };
            }
        );

    private static async Task<(int Status, long? Version, string Body)> AskAsync(
        SenderLink asks,
        ReceiverLink answers,
        string operation,
        string? resource,
        string body
    )
    {
        var id = $"{operation}{Guid.CreateVersion7()}";
        await AmqpClient.SendAsync(
            asks,
            body,
            m =>
            {
                m.Properties = new Properties { CorrelationId = id };
                m.MessageAnnotations = new MessageAnnotations
                {
                    [new Symbol("operation")] = operation,
                    [new Symbol("resource")] = resource,
                    [new Symbol("version")] = null,
                };
            }
        );
        var answer = await AmqpClient.ReadAsync(answers);
        Assert.Equal(id, answer.Properties.CorrelationId);
        var annotations = answer.MessageAnnotations.Map;
        return (
            (int)annotations[new Symbol("status")],
            annotations.TryGetValue(new Symbol("version"), out var version) ? (long)version : null,
            AmqpClient.TextOf(answer)
        );
    }

    private Task PushAsync(string id, string patch) =>
        _hub
            .Services.GetRequiredService<TwinRegistry>()
            .PatchDesiredAsync(_hub.Caller, id, JsonNode.Parse(patch)!.AsObject(), Ct);

    private Task<CloudMessage> SendAsync(string id, string body, Func<NewCloudMessage, NewCloudMessage>? change = null)
    {
        var message = new NewCloudMessage { Body = Encoding.UTF8.GetBytes(body) };
        return Messages.SendAsync(_hub.Caller, id, change is null ? message : change(message), Ct);
    }

    private CloudMessages Messages => _hub.Services.GetRequiredService<CloudMessages>();

    private Task EndedAsync(string id, CloudOutcome outcome, int count) =>
        Eventually.FindAsync(async () =>
        {
            var page = await Messages.ListAsync(_hub.Caller, id, null, 100, Ct);
            return page.Items.Count(m => m.Outcome == outcome) == count ? page : null;
        });

    private async Task<MethodAnswer> CallAsync(string id, MethodCall call)
    {
        var device = await _hub.Devices.GetAsync(_hub.Caller, id, Ct);
        var link = _hub.Services.GetRequiredService<IDeviceLink>();
        return await link.CallAsync(_hub.Application.TenantId, device.Key, call, Ct);
    }
}
