/** Old families and old lines of the audit log were deleted. */
export interface MaintenancePruned {
  readonly type: 'maintenance.pruned';
  /** UUID v7 of the event. */
  readonly id: string;
  /** When it was done, by the module's clock. */
  readonly at: Date;
  /** Nobody's request. */
  readonly device: null;
  /** How many of each. */
  readonly details: { readonly families: number; readonly events: number };
}

/** Every event of the module's own housekeeping, by its type. */
export interface MaintenanceEventMap {
  'maintenance.pruned': MaintenancePruned;
}
