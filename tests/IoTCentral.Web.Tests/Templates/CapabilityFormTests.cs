using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Templates.Page;
using IoTCentral.Web.Tests.Devices;

namespace IoTCentral.Web.Tests.Templates;

public sealed class CapabilityFormTests
{
    private static Capability Given(string name) => Fridge.Template.Find("", name)!;

    [Theory]
    [InlineData("temperature")]
    [InlineData("mode")]
    [InlineData("door")]
    [InlineData("limit")]
    [InlineData("place")]
    public void A_form_that_is_left_alone_changes_nothing(string name) =>
        Assert.Same(Given(name), CapabilityForm.Of(Given(name)).Wanted());

    [Fact]
    public void Only_what_was_changed_is_written_over_what_others_did()
    {
        var form = CapabilityForm.Of(Given("temperature"));
        form.Max = 9;

        var merged = form.ApplyTo(Given("temperature") with { MinValue = -5, Unit = "kelvin" });

        Assert.Equal((-5d, 9d, "kelvin"), (merged.MinValue!.Value, merged.MaxValue!.Value, merged.Unit));
    }

    [Fact]
    public void Another_meaning_takes_the_place_of_the_old_and_keeps_other_types()
    {
        var form = CapabilityForm.Of(Given("limit"));
        form.Meaning = "Temperature";

        Assert.Equal([DtdlTypes.Cloud, "Temperature"], form.Wanted().Types);
    }

    [Fact]
    public void A_unit_goes_with_the_shape_that_has_none()
    {
        var form = CapabilityForm.Of(Given("temperature"));
        form.Schema = SchemaKind.String;

        form.Settle();

        Assert.Null(form.Wanted().Unit);
    }

    [Fact]
    public void A_choice_keeps_what_devices_send_when_its_words_change()
    {
        var form = CapabilityForm.Of(Given("mode"));
        form.Values[1].Label = "Broken";

        var schema = Assert.IsType<EnumSchema>(form.Wanted().Schema);

        Assert.Equal(("2", "Broken", "fault"), (schema.Values[1].Value, schema.Values[1].Label, schema.Values[1].Name));
    }

    [Fact]
    public void A_value_that_is_there_twice_is_a_fault_of_its_line()
    {
        var form = CapabilityForm.Of(Given("mode"));
        form.Values[1].Value = "1";

        Assert.Contains(form.Check(Fridge.Template), f => f.Path == "values[1]");
    }

    [Fact]
    public void A_new_cloud_property_is_marked_as_one()
    {
        var form = CapabilityForm.New("", CapabilityChoice.Cloud);
        (form.Name, form.DisplayName, form.Schema) = ("owner", "Owner", SchemaKind.String);

        var wanted = form.Wanted();

        Assert.True(wanted.IsCloud);
        Assert.Equal([DtdlTypes.Cloud, "StringValue"], wanted.Types);
        Assert.Empty(form.Check(Fridge.Template));
    }
}
