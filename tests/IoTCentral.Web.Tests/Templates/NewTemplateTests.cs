using Bunit;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Templates.New;
using IoTCentral.Web.Tests.Devices;
using Microsoft.AspNetCore.Components.Forms;

namespace IoTCentral.Web.Tests.Templates;

public sealed class NewTemplateTests : TemplateContext
{
    private const string Oven = """
        {
          "@context": "dtmi:dtdl:context;2",
          "@id": "dtmi:contoso:Oven;1",
          "@type": "Interface",
          "displayName": "Oven",
          "contents": [
            { "@type": ["Telemetry", "Temperature"], "name": "heat", "schema": "double", "unit": "degreeCelsius" }
          ]
        }
        """;

    private IRenderedComponent<ImportPanel> Import(string text)
    {
        var (page, _) = Open<ImportPanel>(
            null,
            ("Caller", CallerWith(Core.Access.Role.Builder)),
            ("Application", App())
        );
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text, "oven.json"));
        page.WaitForState(() => !page.Markup.Contains("Nothing read yet", StringComparison.Ordinal));
        return page;
    }

    [Fact]
    public void A_file_is_reported_before_it_is_saved_as_a_draft()
    {
        var page = Import(Oven);
        Assert.Contains("taken as they are", page.Markup, StringComparison.Ordinal);
        Assert.Empty(Store.All);

        Button(page, "Save as draft").Click();

        var saved = Assert.Single(Store.All);
        Assert.Equal(("Oven", TemplateStatus.Draft), (saved.DisplayName, saved.Status));
        Assert.EndsWith(Uri.EscapeDataString(saved.Id), Address, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_says_on_which_line_it_is()
    {
        var page = Import(Oven.Replace("\"double\"", "\"dubble\"", StringComparison.Ordinal));

        Assert.Contains("'dubble' is not a schema", page.Markup, StringComparison.Ordinal);
        Assert.Equal("line 7", page.Find("button[data-line]").TextContent);
        Assert.False(Has(page, "Save as draft"));
    }

    [Fact]
    public void A_file_of_a_template_that_is_here_becomes_its_next_version()
    {
        Store.Put(Core.Templates.Dtdl.DtdlReader.Read(Oven).Get() with { Status = TemplateStatus.Published });
        var page = Import(Oven.Replace("\"heat\"", "\"warmth\"", StringComparison.Ordinal));

        Assert.Contains("is here already", page.Markup, StringComparison.Ordinal);
        Assert.True(page.FindAll("input[type=radio]")[1].HasAttribute("disabled"));
        Button(page, "Save as draft").Click();

        Assert.Equal([1, 2], Store.All.Select(t => t.Version));
    }

    [Fact]
    public void A_blank_template_gets_its_model_id_from_its_name()
    {
        var (page, _) = Open<BlankPanel>(
            null,
            ("Caller", CallerWith(Core.Access.Role.Builder)),
            ("Application", App())
        );

        page.Find("#template-name").Input("Pizza oven");
        page.Find("form").Submit();

        Assert.Equal("dtmi:freshMarket:PizzaOven;1", Assert.Single(Store.All).ModelId);
    }

    [Fact]
    public void A_model_id_that_is_taken_is_told_beside_its_field()
    {
        Store.Put(Fridge.Template with { Id = "dtmi:freshMarket:Oven:template;1" });
        var (page, _) = Open<BlankPanel>(
            null,
            ("Caller", CallerWith(Core.Access.Role.Builder)),
            ("Application", App())
        );

        page.Find("#template-name").Input("Oven");
        page.Find("form").Submit();

        Assert.Contains("model id already", page.Find("#template-model-error").TextContent, StringComparison.Ordinal);
    }
}
