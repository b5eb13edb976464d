using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Tests.Twins;

public sealed class WritablePropertyTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Start;
    private Twin _twin = new() { TenantId = new(1), DeviceKey = 7 };

    private void Want(string patch) => _twin = _twin.Desire(Json(patch), Later());

    private void Report(string patch) => _twin = _twin.Report(Json(patch), Later());

    private WritableProperty Limit => WritableProperty.Of(_twin, "", "limit");

    [Fact]
    public void Nothing_is_said_of_a_property_that_nobody_wants_or_reports() =>
        Assert.Equal((WritableState.Unset, null), (Limit.State, Limit.Reported));

    [Fact]
    public void A_wish_waits_until_the_device_speaks()
    {
        Want("""{"limit":5}""");

        Assert.Equal(WritableState.Pending, Limit.State);
        Assert.Equal(new TwinStamp(Start.AddSeconds(1), 2), Limit.WantedStamp);
    }

    [Theory]
    [InlineData(200, WritableState.Accepted)]
    [InlineData(201, WritableState.Accepted)]
    [InlineData(202, WritableState.InProgress)]
    [InlineData(203, WritableState.DeviceDefault)]
    [InlineData(400, WritableState.Refused)]
    [InlineData(500, WritableState.Refused)]
    [InlineData(0, WritableState.Refused)]
    public void The_code_of_the_answer_decides(int code, WritableState state)
    {
        Want("""{"limit":5}""");
        Report($$"""{"limit":{"value":4,"ac":{{code}},"av":2,"ad":"because"} }""");

        Assert.Equal((state, "because"), (Limit.State, Limit.Answer!.Description));
        Assert.Equal(4, (int)Limit.Reported!);
    }

    [Fact]
    public void An_answer_to_an_earlier_wish_is_none_to_this_one()
    {
        Want("""{"limit":5}""");
        Report("""{"limit":{"value":5,"ac":200,"av":2}}""");
        Want("""{"limit":6}""");

        Assert.Equal(WritableState.Pending, Limit.State);
    }

    [Fact]
    public void An_answer_counts_for_the_version_of_its_own_wish_not_of_the_newest()
    {
        Want("""{"limit":5}""");
        Want("""{"other":1}""");
        Report("""{"limit":{"value":5,"ac":200,"av":2}}""");

        Assert.Equal(WritableState.Accepted, Limit.State);
    }

    [Fact]
    public void An_answer_names_the_version_of_the_whole_twin_which_may_be_newer()
    {
        Want("""{"limit":5}""");
        Want("""{"other":1}""");
        Report("""{"limit":{"value":5,"ac":200,"av":3}}""");

        Assert.Equal(WritableState.Accepted, Limit.State);
    }

    [Fact]
    public void The_default_that_a_device_starts_with_does_not_answer_a_wish()
    {
        Report("""{"limit":{"value":4,"ac":203,"av":0}}""");
        Assert.Equal(WritableState.DeviceDefault, Limit.State);

        Want("""{"limit":5}""");
        Assert.Equal(WritableState.Pending, Limit.State);
    }

    [Fact]
    public void The_wanted_value_without_an_answer_is_in_effect()
    {
        Want("""{"limit":5}""");
        Report("""{"limit":5.0}""");

        Assert.Equal(WritableState.Matches, Limit.State);
    }

    [Fact]
    public void Another_value_differs_when_it_came_after_the_wish()
    {
        Report("""{"limit":4}""");
        Want("""{"limit":5}""");
        Assert.Equal(WritableState.Pending, Limit.State);

        Report("""{"limit":4}""");
        Assert.Equal(WritableState.Differs, Limit.State);
    }

    [Fact]
    public void A_wish_that_was_taken_back_is_none()
    {
        Want("""{"limit":5}""");
        Report("""{"limit":{"value":5,"ac":200,"av":2}}""");
        Want("""{"limit":null}""");

        Assert.Equal((WritableState.Unset, null), (Limit.State, Limit.Wanted));
        Assert.Equal(5, (int)Limit.Reported!);
    }

    [Fact]
    public void A_wish_that_was_taken_back_may_be_answered_without_a_value()
    {
        Want("""{"limit":5}""");
        Report("""{"limit":{"value":5,"ac":200,"av":2}}""");
        Want("""{"limit":null}""");
        Report("""{"limit":{"value":null,"ac":202,"av":3,"ad":"removing"}}""");

        Assert.Equal((null, "removing"), (Limit.Reported, Limit.Answer!.Description));
        Assert.Equal((202, 3), (Limit.Answer.Code, Limit.Answer.Version));
    }

    [Fact]
    public void A_component_has_properties_of_its_own()
    {
        Want("""{"limit":1,"pump":{"__t":"c","limit":5}}""");
        Report("""{"pump":{"__t":"c","limit":{"value":5,"ac":200,"av":2}}}""");

        Assert.Equal(WritableState.Accepted, WritableProperty.Of(_twin, "pump", "limit").State);
        Assert.Equal(WritableState.Pending, Limit.State);
        Assert.Equal(WritableState.Unset, WritableProperty.Of(_twin, "fan", "limit").State);
    }

    [Fact]
    public void Words_of_an_earlier_answer_are_not_taken_for_those_of_a_later()
    {
        Want("""{"limit":500}""");
        Report("""{"limit":{"value":4,"ac":400,"av":2,"ad":"too high"}}""");
        Want("""{"limit":5}""");
        Report("""{"limit":{"value":5,"ac":200,"av":3}}""");

        Assert.Equal((WritableState.Accepted, null), (Limit.State, Limit.Answer!.Description));
    }

    [Theory]
    [InlineData("""{"value":5,"ac":200}""")]
    [InlineData("""{"value":5,"ac":200,"av":2,"unit":"K"}""")]
    [InlineData("""{"value":5,"ac":"fine","av":2}""")]
    public void An_object_that_is_no_answer_is_a_value(string value)
    {
        Report($$"""{"limit":{{value}} }""");

        Assert.Null(Limit.Answer);
        Assert.Equal(value, Limit.Reported!.ToJsonString());
    }

    private DateTimeOffset Later() => _now = _now.AddSeconds(1);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
