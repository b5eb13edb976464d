using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Templates.Page;

public sealed partial class CapabilityDialog
{
    private readonly FormFaults _faults = new();
    private CapabilityForm _form = null!;
    private bool _isOwnName;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate Template { get; set; } = null!;

    /// <summary>What is edited; null: a new one.</summary>
    [Parameter]
    public Capability? Capability { get; set; }

    /// <summary>Where a new one goes.</summary>
    [Parameter]
    public CapabilityGroup? Group { get; set; }

    private IReadOnlyList<CapabilityChoice> Choices =>
        Group is { IsCloud: true } ? [CapabilityChoice.Cloud]
        : Group is { Component.Length: > 0 }
            ? [CapabilityChoice.Telemetry, CapabilityChoice.Property, CapabilityChoice.Command]
        : [CapabilityChoice.Telemetry, CapabilityChoice.Property, CapabilityChoice.Command, CapabilityChoice.Component];

    /// <summary>Opens the form; the edit people want, or null when they want none.</summary>
    public static async Task<Func<DeviceTemplate, DeviceTemplate>?> AskAsync(
        IDialogService dialogs,
        string title,
        DeviceTemplate template,
        Capability? capability,
        CapabilityGroup? group
    )
    {
        var parameters = new DialogParameters<CapabilityDialog>
        {
            { d => d.Template, template },
            { d => d.Capability, capability },
            { d => d.Group, group },
        };
        var dialog = await dialogs.ShowAsync<CapabilityDialog>(title, parameters);
        return await dialog.Result is { Canceled: false, Data: Func<DeviceTemplate, DeviceTemplate> edit }
            ? edit
            : null;
    }

    protected override void OnInitialized() =>
        _form = Capability is { } given
            ? CapabilityForm.Of(given)
            : CapabilityForm.New(Group?.Component ?? "", Choices[0]);

    private void Labelled(ChangeEventArgs e)
    {
        _form.DisplayName = (string?)e.Value ?? "";
        if (_form.IsNew && !_isOwnName)
            _form.Name = Names.Capability(_form.DisplayName);
    }

    private void Named(ChangeEventArgs e)
    {
        _form.Name = ((string?)e.Value ?? "").Trim();
        _isOwnName = _form.Name.Length > 0;
    }

    private void Save()
    {
        _faults.Set([.. _form.Check(Template)]);
        if (_faults.Any)
            return;
        var form = _form;
        Dialog.Close(
            DialogResult.Ok(
                Capability is { } given
                    ? t => t.Change(given.Path, form.ApplyTo)
                    : (Func<DeviceTemplate, DeviceTemplate>)(t => t.Add(Placed(t, form.Wanted())))
            )
        );
    }

    /// <summary>A component needs an interface of its own.</summary>
    private static Capability Placed(DeviceTemplate template, Capability added) =>
        added.Kind != CapabilityKind.Component
            ? added
            : added with
            {
                Interface = new TemplateInterface
                {
                    Id = Names.ComponentId(Dtmi.Parse(template.ModelId), added.Name),
                    DisplayName = added.DisplayName,
                },
            };

    private void Remove()
    {
        var path = Capability!.Path;
        Dialog.Close(DialogResult.Ok((Func<DeviceTemplate, DeviceTemplate>)(t => t.Remove(path))));
    }
}
