using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Templates.Page;
using IoTCentral.Web.Tests.Devices;
using MudBlazor;

namespace IoTCentral.Web.Tests.Templates;

public sealed class TemplatePageTests : TemplateContext
{
    private (IRenderedComponent<TemplatePage> Page, IRenderedComponent<MudDialogProvider> Dialogs) Open(
        DeviceTemplate? template = null,
        Role? role = null
    )
    {
        Store.Put(template ?? Fridge.Template);
        return Open<TemplatePage>(role, ("Id", (template ?? Fridge.Template).Id));
    }

    private static async Task EditAsync(
        IRenderedComponent<TemplatePage> page,
        IRenderedComponent<MudDialogProvider> dialogs,
        string capability,
        params (string Field, string Value)[] fields
    )
    {
        Press(Button(page, capability));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#cap-label").Count == 1);
        foreach (var (field, value) in fields)
        {
            var input = dialogs.Find($"#cap-{field}");
            if (field == "label")
                await input.InputAsync(value);
            else
                await input.ChangeAsync(value);
        }

        await dialogs.Find("form").SubmitAsync();
        await page.WaitForStateAsync(() => page.Markup.Contains("Not saved yet", StringComparison.Ordinal));
    }

    /// <summary>What it starts lasts as long as its dialog is open, so nobody waits for it here.</summary>
    private static void Press(AngleSharp.Dom.IElement button) => _ = button.ClickAsync();

    private static async Task PressAsync(IRenderedComponent<MudDialogProvider> dialogs, string words)
    {
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("button").Any(b => b.TextContent.Trim() == words));
        await Button(dialogs, words).ClickAsync();
    }

    [Fact]
    public async Task A_draft_is_edited_undone_edited_again_and_saved()
    {
        var (page, dialogs) = Open(Fridge.Template with { Status = TemplateStatus.Draft });
        Assert.False(Has(page, "Save draft"));

        await EditAsync(page, dialogs, "temperature", ("unit", "kelvin"));
        await Button(page, "Undo").ClickAsync();
        Assert.False(Has(page, "Save draft"));
        await EditAsync(page, dialogs, "temperature", ("unit", "degreeFahrenheit"), ("max", "50"));
        await Button(page, "Save draft").ClickAsync();

        var saved = Store.All.Single().Find("", "temperature")!;
        Assert.Equal(("degreeFahrenheit", 50d), (saved.Unit, saved.MaxValue));
        Assert.False(Has(page, "Save draft"));
    }

    [Fact]
    public async Task Publishing_says_first_what_changes_for_how_many_devices()
    {
        Store.Devices[Fridge.TemplateId] = 12;
        var (page, dialogs) = Open();
        await EditAsync(page, dialogs, "temperature", ("label", "Air"));

        Press(Button(page, "Publish changes…"));
        await dialogs.WaitForStateAsync(() => dialogs.Markup.Contains("12 devices", StringComparison.Ordinal));
        Assert.Contains("is called 'Air' instead of 'temperature'", dialogs.Markup, StringComparison.Ordinal);
        await PressAsync(dialogs, "Publish");

        await page.WaitForStateAsync(() => !Has(page, "Publish changes…"));
        Assert.Equal("Air", Store.All.Single().Find("", "temperature")!.Label);
    }

    [Fact]
    public async Task What_breaks_devices_goes_into_a_new_version()
    {
        var (page, dialogs) = Open();
        Press(Button(page, "mode"));
        await PressAsync(dialogs, "Remove");
        await page.WaitForStateAsync(() => Has(page, "Publish changes…"));

        Press(Button(page, "Publish changes…"));
        await PressAsync(dialogs, "Save as version 2");

        await page.WaitForStateAsync(() => Store.All.Count == 2);
        var draft = Store.All.Single(t => t.Version == 2);
        Assert.Equal(TemplateStatus.Draft, draft.Status);
        Assert.Null(draft.Find("", "mode"));
        Assert.NotNull(Store.All.Single(t => t.Version == 1).Find("", "mode"));
        Assert.EndsWith(Uri.EscapeDataString(draft.Id), Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_edit_keeps_what_was_typed_and_goes_on_top_of_the_others()
    {
        var (page, dialogs) = Open(Fridge.Template with { Status = TemplateStatus.Draft });
        await EditAsync(page, dialogs, "temperature", ("label", "Air"));
        var theirs = Store.All.Single();
        Store.Put(theirs.Change(new("", "door"), c => c with { DisplayName = "Gate" }) with { Revision = 2 });

        await Button(page, "Save draft").ClickAsync();
        Assert.Contains("Somebody else has saved", page.Markup, StringComparison.Ordinal);
        await Button(page, "Put mine on top").ClickAsync();
        await Button(page, "Save draft").ClickAsync();

        var saved = Store.All.Single();
        Assert.Equal(("Air", "Gate"), (saved.Find("", "temperature")!.Label, saved.Find("", "door")!.Label));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_beside_its_field()
    {
        var (page, dialogs) = Open();
        Press(Button(page, "Add cloud property"));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#cap-name").Count == 1);
        await dialogs.Find("#cap-label").InputAsync("Manager");

        await dialogs.Find("form").SubmitAsync();

        Assert.Contains("already has 'manager'", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_may_only_look_sees_all_and_no_control()
    {
        var (page, _) = Open(role: Role.Operator);

        Assert.Contains("temperature", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button.tpl-open, button[aria-label^='Add']"));
        Assert.False(Has(page, "Publish…"));
    }

    [Fact]
    public void A_template_that_is_not_there_is_told_so()
    {
        var (page, _) = Open<TemplatePage>(null, ("Id", "dtmi:none;1"));

        Assert.Contains("does not exist", page.Markup, StringComparison.Ordinal);
    }
}
