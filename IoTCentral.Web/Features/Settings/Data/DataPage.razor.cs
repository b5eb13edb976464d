using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Settings.Data;

public sealed partial class DataPage
{
    private RetentionPlan? _plan;
    private StorageUse? _use;
    private IReadOnlyList<TemplateListItem> _templates = [];
    private IReadOnlyList<DataRemoval> _removals = [];
    private string? _failure;

    [Inject]
    private DataRetention Retention { get; set; } = null!;

    [Inject]
    private DataRemovals Removals { get; set; } = null!;

    [Inject]
    private TemplateBook Templates { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <summary>Templates without a rule of their own.</summary>
    private IEnumerable<TemplateListItem> Free => _templates.Where(t => !_plan!.Templates.ContainsKey(t.Id));

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _templates = await Templates.ListAsync(Caller, Aborted);
            _use = await Retention.FindUseAsync(Caller, Aborted);
            _removals = await Removals.ListAsync(Caller, Aborted);
            _plan = await Retention.GetAsync(Caller, Aborted);
            _failure = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    /// <param name="isNew">A template's rule that is not there yet; the dialog asks for which.</param>
    private async Task ChangeAsync(string? template, bool isNew)
    {
        var dialog = await Dialogs.ShowAsync<RetentionDialog>(
            isNew ? L["NewRuleTitle"] : L["ChangeTitle", NameOf(template)],
            new DialogParameters<RetentionDialog>
            {
                { d => d.Caller, Caller },
                { d => d.Plan, _plan! },
                { d => d.Template, template },
                { d => d.Choices, isNew ? [.. Free] : null },
            }
        );
        await AfterAsync(dialog);
    }

    private async Task PlaceAsync()
    {
        var dialog = await Dialogs.ShowAsync<HoldDialog>(
            L["PlaceTitle"],
            new DialogParameters<HoldDialog> { { d => d.Caller, Caller } }
        );
        await AfterAsync(dialog);
    }

    private async Task RemoveAsync()
    {
        var dialog = await Dialogs.ShowAsync<RemovalDialog>(
            L["RemoveTitle"],
            new DialogParameters<RemovalDialog> { { d => d.Caller, Caller } }
        );
        await AfterAsync(dialog);
    }

    private async Task LiftAsync(LegalHold hold)
    {
        var question = new Question(L["LiftTitle"], L["LiftText", hold.Reason], L["Lift"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        await Errors.TryAsync(() => Retention.LiftAsync(Caller, hold.Id, Aborted), L["Lifted"]);
        await LoadAsync();
    }

    private async Task AfterAsync(IDialogReference dialog)
    {
        if (await dialog.Result is { Canceled: false })
            await LoadAsync();
    }

    private List<RuleRow> Rows(RetentionPlan plan) =>
        [
            new(null, NameOf(null), plan.Application, plan.Of(null)),
            .. plan
                .Templates.Select(t => new RuleRow(t.Key, NameOf(t.Key), t.Value, plan.Of(t.Key)))
                .OrderBy(r => r.Name, StringComparer.CurrentCultureIgnoreCase),
        ];

    private string NameOf(string? template) =>
        template is null ? L["AllDevices"] : _templates.FirstOrDefault(t => t.Id == template)?.DisplayName ?? template;

    private string Days(int? own, int? counts)
    {
        var days = counts switch
        {
            null or RetentionRule.Forever => L["Forever"].Value,
            1 => L["OneDay"],
            _ => L["ManyDays", counts],
        };
        return own is null ? L["Inherited", days] : days;
    }

    private string Amount(long count, long bytes) => L["Amount", Figures.Format(count, 0), FileSize.Text(bytes)];

    private RenderFragment? StoredNote => _use is { } use ? NoteOf(use) : null;

    /// <param name="Id">Null: the application's own.</param>
    private sealed record RuleRow(string? Id, string Name, RetentionRule Own, RetentionRule Counts);
}
