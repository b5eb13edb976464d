using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Templates.New;

/// <summary>The end of every way to a new template: it is saved and its page opens.</summary>
internal sealed class TemplateSaver(
    TemplateBook book,
    UiErrors errors,
    NavigationManager navigation,
    IStringLocalizer<TemplateTexts> texts
)
{
    public Task<bool> AddAsync(Caller caller, Application application, DeviceTemplate template, FormFaults faults) =>
        SaveAsync(application, template, faults, () => book.AddAsync(caller, template, CancellationToken.None));

    /// <summary>Puts a file's template in the place of one that is stored.</summary>
    public Task<bool> ReplaceAsync(
        Caller caller,
        Application application,
        DeviceTemplate template,
        FormFaults faults
    ) => SaveAsync(application, template, faults, () => book.UpdateAsync(caller, template, CancellationToken.None));

    private async Task<bool> SaveAsync(
        Application application,
        DeviceTemplate template,
        FormFaults faults,
        Func<Task<DeviceTemplate>> save
    )
    {
        var isSaved = await errors.TryAsync(
            async () =>
            {
                if (TemplateRules.Check(template) is { Count: > 0 } wrong)
                    throw new InvalidRequestException("template.invalid", wrong);
                try
                {
                    await save();
                }
                catch (ConflictException e) when (e.Code == "template.id-taken")
                {
                    throw new InvalidRequestException(e.Code, [new Fault("modelId", texts["ModelTaken"])]);
                }
            },
            texts[template.IsPublished ? "SavedPublished" : "SavedDraft", template.DisplayName],
            faults
        );
        if (isSaved)
            navigation.NavigateTo(AppAddress.Of(application.Slug, TemplateAddress.Of(template.Id)));
        return isSaved;
    }
}
