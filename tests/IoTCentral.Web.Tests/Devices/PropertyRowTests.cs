using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Properties;
using IoTCentral.Web.Tests.Devices.Commands;

namespace IoTCentral.Web.Tests.Devices;

public sealed class PropertyRowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static PropertyRow Reported(params string[] patches)
    {
        var twin = new Twin { TenantId = new(1), DeviceKey = 7 };
        foreach (var patch in patches)
            twin = twin.Report(JsonNode.Parse(patch)!.AsObject(), Noon);
        return Assert.Single(PropertyRow.Reported(null, twin));
    }

    [Fact]
    public void An_answer_is_told_from_the_value_that_it_carries()
    {
        var row = Reported("""{"pump":{"__t":"c","speed":{"value":5,"ac":200,"av":2}}}""");

        Assert.Equal((5, 200), ((int)row.Value!, row.Answer!.Code));
    }

    [Fact]
    public void The_end_of_a_command_is_known_by_the_commands_name()
    {
        var twin = new Twin { TenantId = new(1), DeviceKey = 7 }.Report(
            JsonNode.Parse("""{"setPoint":{"value":1}}""")!.AsObject(),
            Noon
        );

        var row = Assert.Single(PropertyRow.Reported(Oven.Template, twin));

        Assert.Equal((Oven.SetPoint, "Baking"), (row.Command, ValueText.Of(row.Capability, row.Value)));
    }

    [Fact]
    public void An_answer_without_a_value_is_no_value()
    {
        var row = Reported(
            """{"speed":{"value":5,"ac":200,"av":4}}""",
            """{"speed":{"value":null,"ac":202,"av":5,"ad":"removing"}}"""
        );

        Assert.Equal((null, "removing"), (row.Value, row.Answer!.Description));
    }
}
