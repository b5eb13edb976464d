using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class TemplateEditTests
{
    private static readonly DeviceTemplate Template = Models.Read(
        Models.Wrapper(
            $$"""
            {{Models.Telemetry}},
            { "@type": ["Property", "Cloud", "NumberValue"], "name": "limit", "schema": "double" },
            { "@type": "Component", "name": "door", "schema": { "@id": "dtmi:contoso:Door;1", "@type": "Interface", "contents": [ { "@type": "Telemetry", "name": "openings", "schema": "long" } ] } }
            """,
            modelMore: """ "extends": [ { "@id": "dtmi:contoso:Base;1", "@type": "Interface", "contents": [ { "@type": "Property", "name": "serial", "schema": "string" } ] } ], """
        )
    );

    [Theory]
    [InlineData("", "temperature")]
    [InlineData("", "serial")]
    [InlineData("", "limit")]
    [InlineData("door", "openings")]
    public void A_capability_is_changed_wherever_it_is(string component, string name)
    {
        var changed = Template.Change(new(component, name), c => c with { DisplayName = "New" });

        Assert.Equal("New", changed.Find(component, name)!.Label);
        Assert.Equal(name, Template.Find(component, name)!.Label);
        Assert.Equal(Template.Capabilities.Count, changed.Capabilities.Count);
    }

    [Fact]
    public void A_change_of_nothing_gives_the_same_template() =>
        Assert.Same(Template, Template.Change(new("door", "openings"), c => c).Rename("Pump").Describe(null));

    [Theory]
    [InlineData("", "gone")]
    [InlineData("gone", "temperature")]
    [InlineData("temperature", "x")]
    public void What_is_not_there_cannot_be_changed_or_removed(string component, string name)
    {
        Assert.Throws<NotFoundException>(() => Template.Change(new(component, name), c => c));
        Assert.Throws<NotFoundException>(() => Template.Remove(new(component, name)));
    }

    [Theory]
    [InlineData("", "serial")]
    [InlineData("", "limit")]
    [InlineData("", "door")]
    [InlineData("door", "openings")]
    public void A_capability_is_removed_wherever_it_is(string component, string name) =>
        Assert.Null(Template.Remove(new(component, name)).Find(component, name));

    [Fact]
    public void A_cloud_property_is_added_with_its_types()
    {
        var added = Template
            .AddCloudProperty("storeManagerEmail", "Store manager", Schema.String)
            .Find("", "storeManagerEmail")!;

        Assert.True(added.IsCloud);
        Assert.Equal(["Cloud", "StringValue"], added.Types);
    }

    [Fact]
    public void A_taken_name_is_refused() =>
        Assert.Throws<ConflictException>(() => Template.AddCloudProperty("serial", "Serial", Schema.String));

    [Fact]
    public void A_capability_is_added_to_a_component()
    {
        var added = Template.Add(
            new Capability
            {
                Kind = CapabilityKind.Telemetry,
                Component = "door",
                Name = "angle",
                Schema = Schema.Double,
            }
        );

        Assert.Equal(SchemaKind.Double, added.Find("door", "angle")!.Schema!.Kind);
    }

    [Fact]
    public void A_new_version_is_a_draft_under_ids_of_its_own()
    {
        var next = Template.Publish().NewVersion();

        Assert.Equal(("dtmi:contoso:pumptemplate;2", "dtmi:contoso:Pump;2"), (next.Id, next.ModelId));
        Assert.Equal((TemplateStatus.Draft, 2, Template.Family), (next.Status, next.Version, next.Family));
        Assert.Null(next.Original);
    }

    [Fact]
    public void A_template_with_faults_cannot_be_published()
    {
        var bad = Template.Change(new("", "limit"), c => c with { MinValue = 2, MaxValue = 1 });

        var refusal = Assert.Throws<InvalidRequestException>(() => bad.Publish());
        Assert.Equal("capabilityModel.contents[1].minValue", Assert.Single(refusal.Faults).Path);
    }

    [Fact]
    public void Every_fault_of_a_template_is_told()
    {
        var bad = Template
            .Rename(" ")
            .Change(new("", "temperature"), c => c with { MinValue = double.NaN })
            .Change(new("door", "openings"), c => c with { InitialValue = "{" });

        Assert.Equal(
            [
                "displayName",
                "capabilityModel.contents[0].minValue",
                "capabilityModel.contents[2].schema.contents[0].initialValue",
            ],
            TemplateRules.Check(bad).Select(f => f.Path)
        );
    }

    [Fact]
    public void Names_made_by_hand_are_checked_like_those_of_files()
    {
        var bad = Template
            .AddCloudProperty("9 lives", "x", Schema.String)
            .AddCloudProperty("User", "x", new EnumSchema([new("a", "x")], IsText: false));

        Assert.Equal(
            [
                "capabilityModel.contents[3].name",
                "capabilityModel.contents[4].name",
                "capabilityModel.contents[4].schema.enumValues[0].enumValue",
            ],
            TemplateRules.Check(bad).Select(f => f.Path)
        );
    }

    [Fact]
    public void A_text_that_cannot_be_stored_is_a_fault() =>
        Assert.NotEmpty(TemplateRules.Check(Template.Rename("a\0b")));

    [Fact]
    public void A_legal_template_has_no_faults() => Assert.Empty(TemplateRules.Check(Template));
}
