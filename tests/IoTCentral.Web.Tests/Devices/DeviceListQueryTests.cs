using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices.List;

namespace IoTCentral.Web.Tests.Devices;

public sealed class DeviceListQueryTests
{
    private const string Page = "https://iot.example/apps/fresh/devices";

    [Fact]
    public void A_narrowed_list_survives_its_address()
    {
        var query = new DeviceListQuery
        {
            Search = "dairy & co",
            Template = "dtmi:fresh:Fridge;1",
            IsConnected = false,
            IsSimulated = true,
            IsBlocked = false,
            Property = new PropertyEquals("door", "open since", "a=b&c"),
        };

        Assert.Equal(query, DeviceListQuery.Parse(Page + query.ToQuery()));
    }

    [Fact]
    public void A_list_of_everything_has_a_plain_address() => Assert.Equal("", new DeviceListQuery().ToQuery());

    [Fact]
    public void What_an_address_says_wrong_does_not_narrow()
    {
        var query = DeviceListQuery.Parse($"{Page}?connected=perhaps&property=alone&q=");

        Assert.False(query.IsNarrowed);
    }

    [Fact]
    public void Devices_without_a_template_can_be_asked_for()
    {
        var filter = DeviceListQuery.Parse($"{Page}?template=none").Filter;

        Assert.True(filter.OnlyUnassigned);
        Assert.Null(filter.TemplateId);
    }

    [Theory]
    [InlineData("Dairy 1 – Köln", "dairy-1-koln-x7k2")]
    [InlineData("  !!  ", "device-x7k2")]
    [InlineData(null, "device-x7k2")]
    public void A_suggested_id_reads_like_the_name(string? name, string expected)
    {
        var id = DeviceIdSuggestion.Of(name, "x7k2");

        Assert.Equal(expected, id);
        Assert.True(DeviceId.IsLegal(id));
    }
}
