using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Properties;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Tests.Devices;

public sealed class PropertyFormTests
{
    private static readonly ViewerZone Berlin = ViewerZone.Of("Europe/Berlin");
    private readonly FormFaults _faults = new();

    private static PropertyForm Form(string cloud = "{}") =>
        PropertyForm.Cloud(Fridge.Template, Fridge.Twin(cloud), Berlin);

    private static Capability Find(string name) => Fridge.Template.Find("", name)!;

    [Fact]
    public void Only_what_was_changed_is_saved()
    {
        var form = Form("""{"limit":5,"manager":"a@b.example"}""");
        form[Find("limit")] = "6.5";

        Assert.Equal("""{"limit":6.5}""", form.Patch(_faults)!.ToJsonString());
    }

    [Fact]
    public void An_emptied_field_removes_its_property()
    {
        var form = Form("""{"limit":5}""");
        form[Find("limit")] = "";

        Assert.Equal("""{"limit":null}""", form.Patch(_faults)!.ToJsonString());
    }

    [Theory]
    [InlineData("limit", "warm", "number")]
    [InlineData("limit", "31", "at most 30")]
    [InlineData("place", "Berlin", "location")]
    public void A_value_that_does_not_fit_is_told_beside_its_field(string name, string typed, string word)
    {
        var form = Form();
        form[Find(name)] = typed;

        Assert.Null(form.Patch(_faults));
        Assert.Contains(word, _faults[name], StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_and_time_is_typed_on_the_persons_clock_and_kept_in_utc()
    {
        var form = Form();
        form[Find("opened")] = "2026-07-01T12:00:00";

        var patch = form.Patch(_faults)!;

        Assert.Equal("""{"opened":"2026-07-01T10:00:00Z"}""", patch.ToJsonString());
        Assert.Equal("2026-07-01T12:00:00", Form(patch.ToJsonString())[Find("opened")]);
    }

    [Fact]
    public void Coordinates_are_typed_as_maps_give_them()
    {
        var form = Form();
        form[Find("place")] = "52.52, 13.405";

        Assert.Equal("""{"place":{"lat":52.52,"lon":13.405}}""", form.Patch(_faults)!.ToJsonString());
    }

    [Fact]
    public void The_same_property_changed_on_both_sides_is_a_conflict()
    {
        var form = Form("""{"limit":5}""");
        form[Find("limit")] = "6";

        form.Take(Fridge.Twin("""{"limit":7}""", version: 2));

        Assert.Equal("7", form.Conflicts[Find("limit").Path]);
        Assert.Equal("6", form[Find("limit")]);
    }

    [Fact]
    public void What_somebody_else_changed_elsewhere_is_taken_over_quietly()
    {
        var form = Form("""{"limit":5}""");
        form[Find("limit")] = "6";

        form.Take(Fridge.Twin("""{"limit":5,"manager":"a@b.example"}""", version: 2));

        Assert.Empty(form.Conflicts);
        Assert.Equal("6", form[Find("limit")]);
        Assert.Equal("a@b.example", form[Find("manager")]);
    }

    [Fact]
    public void Taking_theirs_ends_the_conflict_and_the_edit()
    {
        var form = Form("""{"limit":5}""");
        form[Find("limit")] = "6";
        form.Take(Fridge.Twin("""{"limit":7}""", version: 2));

        form.TakeTheirs(Find("limit").Path);

        Assert.Empty(form.Conflicts);
        Assert.False(form.IsChanged);
        Assert.Equal("7", form[Find("limit")]);
    }
}
