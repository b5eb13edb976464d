using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components.Routing;

namespace IoTCentral.Web.Features.Templates.Page;

public sealed partial class TemplatePage
{
    private Task SaveDraftAsync() => SaveAsync(_work!.Edited, L["SavedDraft", _work.Edited.DisplayName]);

    private async Task PublishAsync()
    {
        if (_work is not { } work || !IsRight(work.Edited))
            return;
        switch (await PublishDialog.AskAsync(Dialogs, L, work, await BeforeAsync(work), _devices, Next))
        {
            case PublishAnswer.Publish:
                await SaveAsync(
                    work.Edited with
                    {
                        Status = TemplateStatus.Published,
                    },
                    L["SavedPublished", work.Edited.DisplayName]
                );
                break;
            case PublishAnswer.NewVersion:
                await AddVersionAsync(work.Edited);
                break;
        }
    }

    /// <summary>What devices have until it is published: the stored template, or the version before a draft.</summary>
    private async Task<DeviceTemplate?> BeforeAsync(TemplateWork work)
    {
        if (work.Stored.IsPublished)
            return work.Stored;
        var before = _family.FirstOrDefault(f =>
            f.Version < work.Stored.Version && f.Item.Status == TemplateStatus.Published
        );
        return before is null ? null : await Book.FindAsync(Caller, before.Item.Id, Aborted);
    }

    private int Next => _family.Select(f => f.Version).Append(_work?.Stored.Version ?? 0).Max() + 1;

    private bool IsRight(DeviceTemplate template)
    {
        _faults.Set(TemplateRules.Check(template));
        return !_faults.Any;
    }

    private async Task SaveAsync(DeviceTemplate wanted, string done)
    {
        if (!IsRight(wanted))
            return;
        _busy = true;
        await Errors.TryAsync(
            async () =>
            {
                try
                {
                    _work!.Settle(await Book.UpdateAsync(Caller, wanted, Aborted));
                    _family = await Book.FamilyAsync(Caller, wanted, Aborted);
                    _dropped = [];
                }
                catch (StaleEditException)
                {
                    _fresh = await Book.GetAsync(Caller, Id, Aborted);
                    throw new InvalidRequestException("edit.stale", []);
                }
            },
            done,
            _faults
        );
        _busy = false;
    }

    private async Task NewVersionAsync()
    {
        var question = new Question(L["NewVersionTitle", Next], L["NewVersionText"], L["NewVersionAct", Next])
        {
            IsDestructive = false,
        };
        if (await ConfirmDialog.AskAsync(Dialogs, question))
            await AddVersionAsync(_work!.Edited);
    }

    private async Task AddVersionAsync(DeviceTemplate from)
    {
        var draft = from.NewVersion(Next);
        _busy = true;
        var isAdded = await Errors.TryAsync(
            () => Book.AddAsync(Caller, draft, Aborted),
            L["SavedDraft", draft.DisplayName]
        );
        _busy = false;
        if (!isAdded)
            return;
        _work!.Settle(_work.Stored);
        Navigation.NavigateTo(Href(TemplateAddress.Of(draft.Id)));
    }

    private async Task DeleteAsync()
    {
        var template = _work!.Stored;
        if (_devices > 0)
        {
            await InUseDialog.ShowAsync(
                Dialogs,
                L["InUseTitle", DeviceWords],
                Caller.May(Core.Access.Permission.ViewDevices) ? DevicesHref : null
            );
            return;
        }

        var question = new Question(L["DeleteTitle", template.DisplayName], L["DeleteText"], L["Delete"])
        {
            TypeName = template.DisplayName,
        };
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        _busy = true;
        var isGone = await Errors.TryAsync(
            () => Book.DeleteAsync(Caller, template.Id, Aborted),
            L["Deleted", template.DisplayName]
        );
        _busy = false;
        if (!isGone)
            return;
        _work.Settle(template);
        Navigation.NavigateTo(Href("templates"));
    }

    private async Task AskAsync(LocationChangingContext context)
    {
        if (_work is not { IsChanged: true } || IsHere(context.TargetLocation))
            return;
        var question = new Question(L["LeaveTitle"], L["LeaveText"], L["Discard"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            context.PreventNavigation();
    }

    /// <summary>Another tab of this page keeps the edits.</summary>
    private bool IsHere(string target) =>
        Navigation.ToAbsoluteUri(target).AbsolutePath == new Uri(Navigation.Uri).AbsolutePath;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _news?.Dispose();
        base.Dispose(disposing);
    }
}
