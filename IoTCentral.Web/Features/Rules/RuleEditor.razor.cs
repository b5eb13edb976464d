using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace IoTCentral.Web.Features.Rules;

public sealed partial class RuleEditor
{
    private readonly FormFaults _faults = new();
    private IReadOnlyList<TemplateListItem>? _templates;
    private DeviceTemplate? _template;
    private RuleVocabulary _vocabulary = RuleVocabulary.None;
    private Rule? _rule;
    private Rule? _tested;
    private RuleDraft? _draft;
    private string? _failure;
    private string? _loadedId;
    private bool _canMail = true;
    private bool _isChanged;
    private bool _busy;

    [Parameter]
    public string? Id { get; set; }

    [Inject]
    private RuleBook Book { get; set; } = null!;

    [Inject]
    private TemplateBook Templates { get; set; } = null!;

    [Inject]
    private TestMail TestMail { get; set; } = null!;

    [Inject]
    private MailSettings Mail { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    private bool MayEdit => Caller.May(Permission.ManageRules);

    private static RuleTexts Texts => RuleTexts.English;

    /// <summary>Half a rule makes no sentence: what is to be chosen next instead; null when nothing is missing.</summary>
    private string? Missing =>
        _template is null ? L["MissingTemplate"]
        : _draft!.FilterName.Length > 0 && _draft.FilterValue.Trim().Length == 0 ? L["MissingFilter"]
        : _draft
            .Conditions.Select(
                (c, i) => c.GapIn(_template) is { } gap ? L[$"Missing{gap}", ConditionLabel(i, "Next")].Value : null
            )
            .FirstOrDefault(gap => gap is not null);

    /// <param name="alone">Key of what it is called where it is the only one.</param>
    private string ConditionLabel(int place, string alone = "Condition") =>
        _draft!.Conditions.Count == 1 ? L[alone] : L["ConditionN", place + 1];

    private string Sentence => new RuleSentence(_vocabulary, Texts).Of(_draft!.ToDefinition(_template));

    private IEnumerable<Capability> RootProperties =>
        (_template?.Capabilities ?? []).Where(c => c is { Kind: CapabilityKind.Property, Component: "" });

    protected override async Task OnParametersSetAsync()
    {
        if (_draft is null || _loadedId != Id)
            await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            (_failure, _loadedId) = (null, Id);
            _templates =
            [
                .. (await Templates.ListAsync(Caller, Aborted)).Where(t => t.Status == TemplateStatus.Published),
            ];
            _rule = Id is null ? null : await Book.GetAsync(Caller, Id, Aborted);
            _canMail = await Mail.FindAsync(Aborted) is not null;
            _draft = _rule is null ? RuleDraft.New() : RuleDraft.Of(_rule);
            if (_draft.TemplateId.Length > 0)
                await ReadTemplateAsync();
            _isChanged = false;
            Test();
        }
        catch (Exception e) when (e is not (OperationCanceledException or NotFoundException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private async Task ReadTemplateAsync()
    {
        _template = await Templates.FindAsync(Caller, _draft!.TemplateId, Aborted);
        _vocabulary = new RuleVocabulary(_template);
    }

    private async Task ChooseTemplateAsync(string? id)
    {
        _draft!.TemplateId = id ?? "";
        await ReadTemplateAsync();
        await ChangedAsync();
    }

    private Task AddConditionAsync()
    {
        _draft!.Conditions.Add(new ConditionDraft());
        return ChangedAsync();
    }

    private Task RemoveAsync(ConditionDraft condition)
    {
        _draft!.Conditions.Remove(condition);
        return ChangedAsync();
    }

    private Task ChangedAsync()
    {
        _isChanged = true;
        Test();
        return Task.CompletedTask;
    }

    /// <summary>Looks back with the rule as it stands now, as soon as it could be saved but for its name and actions.</summary>
    private void Test()
    {
        var rule = Wanted() with { Name = "test" };
        var tested = rule with { Definition = rule.Definition with { Actions = [] } };
        _tested = _template is not null && RuleCheck.Faults(tested, _vocabulary).Count == 0 ? tested : null;
    }

    private Rule Wanted() => _draft!.ToRule(Caller.Tenant, _rule?.Id ?? Guid.CreateVersion7().ToString("n"), _template);

    private async Task SaveAsync()
    {
        _busy = true;
        var wanted = Wanted();
        var isSaved = await Errors.TryAsync(
            async () =>
                _rule = _rule is null
                    ? await Book.AddAsync(Caller, wanted, Aborted)
                    : await Book.UpdateAsync(Caller, wanted, Aborted),
            L["Saved"],
            _faults
        );
        _busy = false;
        if (!isSaved)
            return;
        _isChanged = false;
        _draft = RuleDraft.Of(_rule!);
        if (Id is null)
            Navigation.NavigateTo(Href($"rules/{_rule!.Id}"), replace: true);
    }

    private async Task SendTestAsync()
    {
        _busy = true;
        var wanted = Wanted();
        await Errors.TryAsync(async () =>
        {
            if (wanted.Definition.Actions.OfType<EmailAction>().FirstOrDefault() is not { } action)
                return;
            var to = action.To.FirstOrDefault(t => !t.StartsWith('{')) ?? Caller.Actor.Name;
            var result = await TestMail.SendAsync(Caller, wanted, action, to, Aborted);
            Snackbar.Add(
                result.IsSent ? L["TestSent", to] : L["TestNotSent"],
                result.IsSent ? MudBlazor.Severity.Success : MudBlazor.Severity.Warning
            );
        });
        _busy = false;
    }

    private async Task DeleteAsync()
    {
        var rule = _rule!;
        var question = new Question(L["DeleteTitle", rule.Name], L["DeleteText"], L["Delete"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        if (await Errors.TryAsync(() => Book.DeleteAsync(Caller, rule.Id, Aborted)))
        {
            _isChanged = false;
            Navigation.NavigateTo(Href("rules"));
        }
    }

    private string? ActionFault(string part)
    {
        for (var i = 0; i < 20; i++)
        {
            foreach (var path in new[] { $"actions[{i}].{part}", $"actions[{i}].{part}[0]", $"actions[{i}]" })
            {
                if (_faults[path] is { } fault)
                    return fault;
            }
        }

        return null;
    }

    private async Task AskAsync(LocationChangingContext context)
    {
        if (!_isChanged)
            return;
        var question = new Question(L["LeaveTitle"], L["LeaveText"], L["Discard"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }
}
