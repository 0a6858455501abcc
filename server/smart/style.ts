/** How apps may look that are shown beside ours. https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#styling */

/** The colours of our own pages. */
export const smartStyle = {
  color_background: '#fbfaf6',
  color_error: '#a3211b',
  color_highlight: '#95480a',
  color_modal_backdrop: '#211c15',
  color_success: '#1c6b3a',
  color_text: '#211c15',
  dim_border_radius: '6px',
  dim_font_size: '16px',
  dim_spacing_size: '16px',
  font_family_body: 'system-ui, sans-serif',
  font_family_heading: 'system-ui, sans-serif',
} as const
