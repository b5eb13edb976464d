using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Commands;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Tests.Devices.Commands;

public sealed class CommandFormTests
{
    private const string Missing = "Fill this in.";
    private static readonly ViewerZone Berlin = ViewerZone.Of("Europe/Berlin");
    private readonly FormFaults _faults = new();

    private static CommandForm Form(Capability command, params (string Key, string Typed)[] typed)
    {
        var form = new CommandForm(command, Berlin);
        foreach (var (key, text) in typed)
            form[form.Inputs.Single(i => i.Key == key)] = text;
        return form;
    }

    [Fact]
    public void A_command_without_a_request_has_nothing_to_fill_in()
    {
        var form = Form(Oven.Restart);

        Assert.Empty(form.Inputs);
        Assert.Null(form.Read(_faults, Missing));
        Assert.False(_faults.Any);
    }

    [Theory]
    [InlineData("220.5", null)]
    [InlineData("281", "at most 280")]
    [InlineData("29", "at least 30")]
    [InlineData("hot", "number")]
    [InlineData("", Missing)]
    public void A_number_is_held_to_its_limits(string typed, string? fault)
    {
        var request = Form(Oven.SetPoint, ("target", typed)).Read(_faults, Missing);

        Assert.Equal(fault is null ? typed : null, request);
        Assert.Contains(fault ?? "", _faults["target"] ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_is_typed_field_by_field_and_what_is_left_empty_is_left_out()
    {
        var form = Form(
            Oven.Start,
            ("title", "Rye"),
            ("begin", "2026-07-01T12:00:00"),
            ("steam", "true"),
            ("level.top", "3"),
            ("steps", "[1,2]")
        );

        Assert.Equal(
            """{"title":"Rye","begin":"2026-07-01T10:00:00Z","steam":true,"level":{"top":3},"steps":[1,2]}""",
            form.Read(_faults, Missing)
        );
        Assert.Contains(form.Inputs, i => i.Value.Label == "Level · bottom");
    }

    [Theory]
    [InlineData("[1,\"two\"]")]
    [InlineData("1,2")]
    [InlineData("[1,")]
    public void A_list_that_is_none_is_told_beside_its_field(string typed)
    {
        Assert.Null(Form(Oven.Start, ("steps", typed)).Read(_faults, Missing));

        Assert.NotNull(_faults["steps"]);
    }

    [Fact]
    public void An_object_of_nothing_is_a_request_unless_there_need_not_be_one()
    {
        var optional = Oven.Start with { Request = Oven.Start.Request! with { Nullable = true } };

        Assert.Equal("{}", Form(Oven.Start).Read(_faults, Missing));
        Assert.Null(Form(optional).Read(_faults, Missing));
    }

    [Fact]
    public void Initial_values_stand_in_the_form()
    {
        var command = Oven.Start with
        {
            Request = Oven.Start.Request! with { InitialValue = """{"title":"Rye","level":{"top":2}}""" },
        };

        Assert.Equal("""{"title":"Rye","level":{"top":2}}""", Form(command).Read(_faults, Missing));
    }

    [Fact]
    public void What_was_typed_stays_when_the_template_changes()
    {
        var before = Form(Oven.Start, ("title", "Rye"));

        var form = new CommandForm(Oven.Start with { DisplayName = "Start a program" }, Berlin, before);

        Assert.Equal("""{"title":"Rye"}""", form.Read(_faults, Missing));
    }

    [Fact]
    public void The_example_of_a_structure_fits_it()
    {
        var steps = new ArraySchema(Oven.Program);

        Assert.Null(Conformance.Misfit(steps, SchemaExample.Of(steps)));
    }
}
