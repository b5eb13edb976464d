using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Tenants;

public sealed class NamesTests
{
    [Theory]
    [InlineData("Fresh Foods – North", "fresh-foods-north")]
    [InlineData("Café Zürich", "cafe-zurich")]
    [InlineData("  --  ", "app")]
    [InlineData("工場", "app")]
    [InlineData("X", "app-x")]
    [InlineData("New", "app-new")]
    public void A_slug_is_made_from_the_name(string name, string slug)
    {
        Assert.Equal(slug, Slug.From(name));
    }

    [Fact]
    public void A_slug_of_a_long_name_is_legal_and_leaves_room_for_a_number()
    {
        var slug = Slug.From(new string('x', 148));

        Assert.True(Slug.IsLegal($"{slug}-1000"));
    }

    [Theory]
    [InlineData("ab", true)]
    [InlineData("a", false)]
    [InlineData("-ab", false)]
    [InlineData("ab-", false)]
    [InlineData("Ab", false)]
    [InlineData("a/b", false)]
    [InlineData("new", false)]
    public void Slugs_are_lower_case_letters_digits_and_inner_hyphens(string slug, bool isLegal)
    {
        Assert.Equal(isLegal, Slug.IsLegal(slug));
    }

    [Fact]
    public void A_new_id_scope_looks_as_devices_are_used_to()
    {
        Assert.Matches("^0ne[0-9A-F]{8}$", IdScope.New());
    }
}
