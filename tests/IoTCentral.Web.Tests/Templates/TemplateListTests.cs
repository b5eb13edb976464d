using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Templates.List;
using IoTCentral.Web.Tests.Devices;

namespace IoTCentral.Web.Tests.Templates;

public sealed class TemplateListTests : TemplateContext
{
    [Fact]
    public void Without_templates_the_page_says_what_they_are_for_and_offers_each_way_to_one()
    {
        var (page, _) = Open<TemplateList>();

        Assert.Contains("what a kind of device can do", page.Markup, StringComparison.Ordinal);
        Assert.Equal(
            ["file", "sample", "blank"],
            page.FindAll("a[href*='templates/new']").Select(a => a.GetAttribute("href")!.Split('=')[1])
        );
    }

    [Fact]
    public void Whoever_may_only_look_is_offered_no_way_to_a_new_one()
    {
        var (page, _) = Open<TemplateList>(Role.Operator);

        Assert.Empty(page.FindAll("a[href*='templates/new']"));
    }

    [Fact]
    public void A_line_says_name_model_status_version_and_devices()
    {
        Store.Put(Fridge.Template);
        Store.Devices[Fridge.TemplateId] = 12;

        var (page, _) = Open<TemplateList>();

        var line = page.Find("tbody tr").TextContent;
        Assert.All(
            ["Fridge", "dtmi:fresh:FridgeModel;1", "Published, v1", "12"],
            part => Assert.Contains(part, line, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_search_is_kept_in_the_address()
    {
        Store.Put(Fridge.Template);
        var (page, _) = Open<TemplateList>();

        page.Find("input[type=search]").Input("oven & co");

        Assert.EndsWith("/templates?q=oven%20%26%20co", Address, StringComparison.Ordinal);
    }
}
