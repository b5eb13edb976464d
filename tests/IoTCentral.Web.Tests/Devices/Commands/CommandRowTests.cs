using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Commands;

namespace IoTCentral.Web.Tests.Devices.Commands;

public sealed class CommandRowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static CommandCall Call(CommandState state, int? code = null, string? failure = null, int minute = 0) =>
        new()
        {
            Id = new Guid(minute + 1, 0, 0, new byte[8]),
            DeviceKey = 7,
            Component = "",
            Name = "start",
            State = state,
            ResponseCode = code,
            Failure = failure,
            CalledAt = Noon.AddMinutes(minute),
            CalledBy = "Ada",
            ResponseSeconds = 30,
        };

    private static CloudMessage Message(CommandCall call, CloudOutcome? outcome) =>
        new()
        {
            DeviceKey = 7,
            Sequence = 1,
            MessageId = call.Id.ToString(),
            Enqueued = Noon,
            Expires = Noon.AddDays(1),
            Outcome = outcome,
        };

    private static string StatusOf(CommandCall call, DateTimeOffset now, params CloudMessage[] messages) =>
        CommandRow.Of(Oven.Template, [call], messages, null, now).Single().Status.Key;

    [Theory]
    [InlineData(200, "StatusDone")]
    [InlineData(204, "StatusDone")]
    [InlineData(202, "StatusAccepted")]
    [InlineData(400, "StatusRefused")]
    [InlineData(503, "StatusRefused")]
    [InlineData(0, "StatusAnswered")]
    public void An_answer_is_named_by_the_devices_status(int code, string status) =>
        Assert.Equal(status, StatusOf(Call(CommandState.Answered, code), Noon));

    [Theory]
    [InlineData("command.timed-out", "StatusNoAnswer")]
    [InlineData("command.disconnected", "StatusNoAnswer")]
    [InlineData("command.not-connected", "StatusNotReached")]
    [InlineData("command.not-listening", "StatusNotReached")]
    public void A_silent_device_is_told_from_one_that_was_not_reached(string failure, string status) =>
        Assert.Equal(status, StatusOf(Call(CommandState.Failed, failure: failure), Noon));

    [Theory]
    [InlineData(20, "StatusSent")]
    [InlineData(60, "StatusNoAnswer")]
    public void A_call_without_an_end_waits_no_longer_than_it_may(int seconds, string status) =>
        Assert.Equal(status, StatusOf(Call(CommandState.Sent), Noon.AddSeconds(seconds)));

    [Theory]
    [InlineData(null, "StatusWaits")]
    [InlineData(CloudOutcome.Success, "StatusTaken")]
    [InlineData(CloudOutcome.Expired, "StatusExpired")]
    [InlineData(CloudOutcome.Purged, "StatusTakenBack")]
    public void A_command_that_waits_has_come_as_far_as_its_message(CloudOutcome? outcome, string status)
    {
        var call = Call(CommandState.Queued);

        Assert.Equal(status, StatusOf(call, Noon, Message(call, outcome)));
    }

    [Fact]
    public void A_command_whose_message_is_forgotten_does_not_wait_for_ever()
    {
        Assert.Equal("StatusOver", StatusOf(Call(CommandState.Queued), Noon.AddHours(25)));
    }

    [Fact]
    public void A_report_of_the_commands_property_ends_the_newest_call_before_it()
    {
        CommandCall[] calls =
        [
            Call(CommandState.Answered, 202, minute: 20),
            Call(CommandState.Answered, 202, minute: 10),
            Call(CommandState.Answered, 202, minute: 0),
        ];
        var rows = CommandRow.Of(Oven.Template, calls, [], Reporting("\"baked\""), Noon.AddHours(1));

        Assert.Equal(["StatusAccepted", "StatusDone", "StatusAccepted"], rows.Select(r => r.Status.Key));
        Assert.Equal("baked", (string?)rows[1].Report!.Result);
    }

    [Theory]
    [InlineData("""{"value":"finished fine"}""", "StatusDone", null, "finished fine")]
    [InlineData("""{"value":"finished fine","ac":201,"av":1}""", "StatusDone", 201, "finished fine")]
    [InlineData("""{"value":null,"ac":500,"ad":"too hot"}""", "StatusRefused", 500, "too hot")]
    [InlineData("""{"value":"half way","ac":202}""", "StatusAccepted", 202, "half way")]
    public void The_end_is_told_by_the_reports_own_code_and_without_its_wrapper(
        string reported,
        string status,
        int? code,
        string result
    )
    {
        var call = Call(CommandState.Answered, 202);

        var row = CommandRow.Of(Oven.Template, [call], [], Reporting(reported), Noon.AddHours(1)).Single();

        Assert.Equal((status, code), (row.Status.Key, row.Status.Code));
        Assert.Equal(result, (string?)row.Report!.Result);
    }

    [Fact]
    public void A_command_of_a_component_is_spelt_the_same_without_a_template()
    {
        var call = Call(CommandState.Sent) with { Component = "fan", Name = "later" };

        Assert.Equal("fan · later", CommandRow.Of(null, [call], [], null, Noon).Single().Label);
    }

    private static Twin Reporting(string json) =>
        new Twin { TenantId = new(1), DeviceKey = 7 }.Report(
            new JsonObject { ["start"] = JsonNode.Parse(json) },
            Noon.AddMinutes(15)
        );
}
